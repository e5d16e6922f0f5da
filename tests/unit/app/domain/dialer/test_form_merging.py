"""Two people change one form: its fields go together one by one."""

from dataclasses import astuple, replace

import pytest

from app.domain.dialer.form_merging import as_fields, put_fields, with_fields
from app.domain.dialer.forms import FormDraft, FormField
from app.domain.merging import differing, merge

A, B, C = (FormField(key, key.upper()) for key in "abc")
BASE = FormDraft("Heating", (A, B, C))


def together(mine: FormDraft, theirs: FormDraft) -> tuple[str, set[str]]:
    """The labels of mine over theirs, and the fields to choose."""
    fields = as_fields(BASE, mine, theirs)
    both = with_fields(theirs, mine, differing(fields[0], fields[1]))
    return " ".join(each.label for each in both.fields), {clash.field for clash in merge(*fields).clashes}


def of(*fields: FormField) -> FormDraft:
    return replace(BASE, fields=fields)


NEW, SAVED = FormField("", "New"), FormField("d", "D")
MINE, THEIRS = replace(B, label="Mine"), replace(B, label="Theirs")


@pytest.mark.row("F4")
@pytest.mark.parametrize(
    ("mine", "theirs", "labels", "clashes"),
    [
        (of(A, MINE, C), of(A, B, replace(C, kind="number"), SAVED), "A Mine C D", set()),
        (of(A, NEW, B, C), of(A, SAVED, B), "A New D B", set()),
        (of(NEW, A, B, C), of(B, A, C), "New B A C", set()),
        (of(A, B, C, NEW), of(A, B), "A B New", set()),
        (of(A, C), of(A, B, C, SAVED), "A C D", set()),
        (of(A, MINE, C), of(A, THEIRS, C), "A Mine C", {"field.b"}),
        (of(A, C), of(A, THEIRS, C), "A C", {"field.b"}),
        (of(B, A, C), of(A, C, B), "B A C", {"order"}),
        (BASE, of(C, SAVED), "C D", set()),
    ],
)
def test_fields_go_together(mine: FormDraft, theirs: FormDraft, labels: str, clashes: set[str]) -> None:
    assert together(mine, theirs) == (labels, clashes)


def test_what_was_taken_out_can_come_back() -> None:
    assert [each.key for each in put_fields(of(A, C), {"field.b": astuple(THEIRS)}).fields] == ["a", "c", "b"]
