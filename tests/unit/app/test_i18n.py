"""Words, forms and formats of three languages."""

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from app import i18n
from app.domain.words import counted, message

PO = """
msgid ""
msgstr ""
"Content-Type: text/plain; charset=UTF-8\\n"
"Plural-Forms: nplurals=2; plural=(n != 1);\\n"

msgid "Moved to {time}."
msgstr "Spostato alle {time}."

msgid "{time} is taken by {name}"
msgstr "Alle {time} c'è già {name}"

msgid "{count} call"
msgid_plural "{count} calls"
msgstr[0] "{count} chiamata"
msgstr[1] "{count} chiamate"
"""


@pytest.fixture(autouse=True)
def catalogues(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Italian with three texts, Hebrew with none; English at the end."""
    monkeypatch.setattr(i18n.platformdirs, "user_cache_path", lambda *_names, **_options: tmp_path / "cache")
    (tmp_path / "it.po").write_text(PO, encoding="utf-8")
    monkeypatch.setattr(i18n, "CATALOGUES", tmp_path)
    monkeypatch.setattr(i18n._Speech, "loaded", {})
    yield
    monkeypatch.undo()
    i18n.use("en")


@pytest.mark.row("R-X2")
def test_fields_are_filled_after_translation():
    i18n.use("it")
    assert i18n._("Moved to {time}.", time="11:00") == "Spostato alle 11:00."
    assert i18n._n("{count} call", "{count} calls", 1) == "1 chiamata"
    assert i18n._n("{count} call", "{count} calls", 1200) == "1.200 chiamate"


def test_a_catalogue_is_compiled_once_and_again_when_it_changes(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    compiled: list[str] = []
    compile_ = i18n._compile

    def count(path: Path, code: str) -> bytes:
        compiled.append(code)
        return compile_(path, code)

    monkeypatch.setattr(i18n, "_compile", count)
    said = []
    for text in (None, None, PO.replace("Spostato", "Ora")):
        if text:
            (tmp_path / "it.po").write_text(text, encoding="utf-8")
        i18n._Speech.loaded.clear()
        i18n.use("it")
        said.append(i18n._("Moved to {time}.", time="11:00"))
    assert said == ["Spostato alle 11:00.", "Spostato alle 11:00.", "Ora alle 11:00."]
    assert compiled == ["it", "it"]


def test_a_spoilt_cache_is_compiled_anew(tmp_path: Path):
    i18n.use("it")
    for kept in (tmp_path / "cache").glob("*.mo"):
        kept.write_bytes(b"nonsense")
    i18n._Speech.loaded.clear()
    i18n.use("it")
    assert i18n._("Moved to {time}.", time="11:00") == "Spostato alle 11:00."


def test_a_missing_catalogue_or_text_speaks_english():
    i18n.use("he")
    assert i18n._("Moved to {time}.", time="11:00") == "Moved to 11:00."
    i18n.use("it")
    assert i18n._("Undo") == "Undo"
    assert i18n.use("xx").code == "en"


def test_a_message_is_said_with_its_inner_messages():
    taken = message("{time} is taken by {name}", time="10:00", name=counted("{count} call", "{count} calls", 2))
    assert i18n.say(taken) == "10:00 is taken by 2 calls"
    i18n.use("it")
    assert i18n.say(taken) == "Alle 10:00 c'è già 2 chiamate"


@pytest.mark.row("R-X6")
def test_moments_are_shown_in_the_zone_of_the_company():
    moment = datetime(2026, 11, 23, 22, 30, tzinfo=UTC)
    assert i18n.format_datetime(moment, ZoneInfo("Asia/Jerusalem")) == "24/11/2026 00:30"
    assert i18n.format_time(moment, ZoneInfo("Europe/Rome")) == "23:30"


@pytest.mark.parametrize(("code", "shown"), [("en", "Tue 24 Nov"), ("it", "mar 24 nov"), ("he", "יום ג׳, 24 בנוב׳")])
def test_days_follow_the_language(code: str, shown: str):
    i18n.use(code)
    assert i18n.format_date(date(2026, 11, 24), "day") == shown


@pytest.mark.parametrize("code", list(i18n.LANGUAGES))
def test_dates_are_written_as_the_unicode_repository_has_them(code: str):
    from babel import dates

    locale = i18n.use(code).locale
    skeletons = {"day": "MMMEd", "weekday": "EEE", "month": "yMMMM"}
    for day in (date(2026, 1, 1) + timedelta(number) for number in range(0, 400, 5)):
        for style in ("medium", "long", "full"):
            assert i18n.format_date(day, style) == dates.format_date(day, style, locale=locale)
        for style, skeleton in skeletons.items():
            assert i18n.format_date(day, style) == dates.format_skeleton(skeleton, day, locale=locale)


def test_numbers_follow_the_language():
    i18n.use("it")
    assert i18n.format_number(1234567) == "1.234.567"
    assert i18n.format_number(0.5, 2) == "0,50"
    i18n.use("en")
    assert i18n.format_number(1234567) == "1,234,567"


def test_lengths_are_short():
    assert [i18n.format_duration(minutes) for minutes in (45, 60, 90)] == ["45 min", "1 h", "1 h 30 min"]


@pytest.mark.row("R-X2")
def test_a_name_of_the_other_direction_is_set_apart_and_one_of_the_same_is_not() -> None:
    i18n.use("en")
    assert (
        i18n._("Scheduled: {name}, {when}.", name="דנה לוי", when="23 Nov") == "Scheduled: \u2068דנה לוי\u2069, 23 Nov."
    )
    assert i18n._("Scheduled: {name}.", name="Dana Levi") == "Scheduled: Dana Levi."


@pytest.mark.row("R-X2")
def test_a_sign_stays_in_front_of_its_number_in_hebrew() -> None:
    told = message("{points}", points=Decimal(-50))
    i18n.use("he")
    assert i18n.say(told) == "\u2068\u221250\u2069"
    assert i18n._("{points}", points="+7") == "\u2068+7\u2069"
    i18n.use("en")
    assert i18n.say(told) == "\u221250"
