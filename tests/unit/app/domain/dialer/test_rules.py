"""The rules of a campaign: each says what it does and has its limits; hours and forms are read as people write them."""

from dataclasses import fields, replace

import pytest

from app.domain.dialer import forms, hours, statuses
from app.domain.dialer.filtering import Filters, read_filters
from app.domain.dialer.rules import GROUPS, RULES, CampaignDraft, Kind, problems
from app.domain.words import Message
from app.models.dialer.campaigns import Campaign

DRAFT = CampaignDraft("Spring")


@pytest.mark.row("R-D25")
def test_every_column_of_a_campaign_is_a_rule_in_one_of_five_groups() -> None:
    about_itself = {"id", "version", "name", "script", "opened_at", "closed_at"}
    assert len(GROUPS) == 5
    assert set(RULES) == {column.key for column in Campaign.__table__.columns} - about_itself
    assert set(RULES) == {each.name for each in fields(CampaignDraft)} - {"name", "script"}
    assert len({rule.about for rule in RULES.values()}) == len(RULES)
    assert all(rule.about.endswith(".") for rule in RULES.values())


@pytest.mark.row("R-D20", "Q10")
def test_a_new_campaign_has_the_defaults_of_the_table_and_locks_ten_minutes() -> None:
    assert DRAFT.lock_minutes == 10
    for rule in RULES.values():
        if rule.kind not in (Kind.HOURS, Kind.FILTERS):
            assert getattr(DRAFT, rule.key) == Campaign.__table__.columns[rule.key].default.arg, rule.key
    assert problems(DRAFT) == {}


@pytest.mark.parametrize("rule", [each for each in RULES.values() if each.most], ids=lambda rule: rule.key)
def test_a_number_out_of_its_limits_is_refused_with_the_limits(rule) -> None:
    for value in (rule.least, rule.most):
        assert problems(replace(DRAFT, **{rule.key: value})) == {}
    for value in (rule.least - 1, rule.most + 1):
        said = problems(replace(DRAFT, **{rule.key: value}))
        assert list(said) == [rule.key]
        assert said[rule.key].fields["most"] == rule.most


def test_a_draft_is_refused_field_by_field() -> None:
    wrong = replace(
        DRAFT, name=" ", hours={"days": {"0": [["20:00", "09:00"]]}}, filters=_days("2026-05-02", "2026-05-01")
    )
    assert list(problems(wrong)) == ["name", "hours", "filters"]


@pytest.mark.parametrize(
    ("typed", "understood"),
    [
        ("", ()),
        ("9-13", (("09:00", "13:00"),)),
        ("16:00\u201320:00; 9.30 - 13", (("09:30", "13:00"), ("16:00", "20:00"))),
        ("\u200f09:00\u05be13:00\u200f", (("09:00", "13:00"),)),
        ("00:00-24:00", (("00:00", "24:00"),)),
    ],
)
def test_hours_are_read_as_they_are_written(typed: str, understood: tuple[hours.Stretch, ...]) -> None:
    assert hours.understood(typed) == understood
    assert hours.understood(hours.written(understood)) == understood


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ("13:00-09:00", "{hours} ends before it begins."),
        ("09:00-09:00", "{hours} ends before it begins."),
        ("09:00-13:00, 12:59-20:00", "{first} and {second} overlap."),
        ("09:00", "“{text}” is no stretch of hours. Write it like 09:00-13:00."),
        ("09:60-13:00", "“{text}” is no stretch of hours. Write it like 09:00-13:00."),
        ("22-25", "“{text}” is no stretch of hours. Write it like 09:00-13:00."),
        ("morning", "“{text}” is no stretch of hours. Write it like 09:00-13:00."),
    ],
)
def test_hours_that_cannot_be_are_refused_in_words(typed: str, said: str) -> None:
    read = hours.understood(typed)
    assert isinstance(read, Message)
    assert read.text == said


def test_hours_without_any_open_day_are_refused() -> None:
    assert hours.check({}) == {}
    assert hours.check(hours.document_of({})) != {}
    assert hours.check(hours.document_of({"3": [("09:00", "13:00")]})) == {}
    assert "eve" in hours.check({"days": {}, "eve": [["13:00", "09:00"]]})


def test_filters_are_kept_as_the_queue_reads_them() -> None:
    filters = Filters((0, 7), (3,), ("he",))
    assert filters.document() == {"statuses": [0, 7], "sites": [3], "languages": ["he"]}
    assert read_filters(filters.document()) == filters
    assert Filters().document() == {}
    days = read_filters(_days("2026-05-01", "2026-05-01"))
    assert days.problem() is None
    assert days.document() == _days("2026-05-01", "2026-05-01")
    assert read_filters(_days("2026-05-02", "2026-05-01")).problem() is not None


@pytest.mark.row("R-D21")
def test_the_built_in_results_have_nine_keys_and_every_meaning() -> None:
    assert [each.draft.key for each in statuses.BUILT_IN] == list("123456789")
    assert {each.draft.outcome for each in statuses.BUILT_IN} == set(statuses.OUTCOMES)
    assert all(statuses.problems(each.draft, each.code) == {} for each in statuses.BUILT_IN)
    assert len({each.draft.color for each in statuses.BUILT_IN}) == 9


def test_a_result_is_refused_field_by_field() -> None:
    wrong = statuses.StatusDraft("", "do_not_call", "0", recycle_minutes=-1, max_tries=101)
    assert list(statuses.problems(wrong)) == ["name", "key", "recycle_minutes", "max_tries", "is_final"]
    assert list(statuses.problems(statuses.StatusDraft("Odd", "maybe"))) == ["outcome"]


def test_fields_of_a_form_keep_their_keys_and_new_ones_get_fresh_ones() -> None:
    before = (forms.FormField("f1", "Size"), forms.FormField("f4", "Gone"))
    draft = forms.FormDraft(
        " House ", (forms.FormField("f1", "Size "), forms.FormField("", "Roof", "choice", ("flat", " flat ", "")))
    )
    kept = forms.keyed(draft, before)
    assert kept == forms.FormDraft(
        "House", (forms.FormField("f1", "Size"), forms.FormField("f5", "Roof", "choice", ("flat",)))
    )
    assert forms.read_fields(kept.document()) == kept.fields


def test_a_form_is_refused_with_the_place_of_the_field() -> None:
    draft = forms.FormDraft(
        "",
        (
            forms.FormField("", "Size"),
            forms.FormField("", "size"),
            forms.FormField("", " "),
            forms.FormField("", "Roof", "choice"),
            forms.FormField("", "When", "someday"),
        ),
    )
    assert list(forms.problems(draft)) == ["name", "1", "2", "3", "4"]


def _days(start: str, end: str) -> dict[str, str]:
    return {"added_from": start, "added_to": end}
