from datetime import UTC

import pytest

from app.domain.imports.fields import Kind
from app.domain.imports.rows import CallValues, CustomerValues, Customs, reader
from app.domain.phones import Phone

CUSTOMS = Customs(
    UTC, lambda cell: tuple(Phone(part, None, is_suspect=True) for part in cell.split(",") if part.strip())
)


def test_a_row_says_only_what_its_columns_say() -> None:
    read = reader(Kind.CUSTOMERS, {0: "external_key", 1: "name", 3: "email"}, CUSTOMS)
    assert read(["7.0", " Anna  Rossi ", "ignored", ""]) == CustomerValues(
        "7", "Anna Rossi", None, "", None, None, None, None
    )


def test_several_columns_of_one_field_are_read_together() -> None:
    read = reader(Kind.CUSTOMERS, {0: "address", 1: "phones", 2: "phones", 3: "address"}, CUSTOMS)
    values = read(["Via Roma 1", "", "02 1", "Milano"])
    assert isinstance(values, CustomerValues)
    assert values.address == "Via Roma 1, Milano"
    assert [phone.raw for phone in values.phones or ()] == ["02 1"]


@pytest.mark.parametrize(
    ("kind", "mapping"),
    [
        (Kind.CUSTOMERS, {0: "name", 1: "phones"}),
        (Kind.TECHNICIANS, {0: "name", 1: "login"}),
        (Kind.CALLS, {0: "type", 1: "subject"}),
    ],
)
def test_a_row_that_says_nothing_is_refused(kind: Kind, mapping: dict[int, str]) -> None:
    reasons = reader(kind, mapping, CUSTOMS)(["", " "])
    assert isinstance(reasons, tuple)
    assert len(reasons) == 1


def test_a_refused_row_gives_every_reason() -> None:
    read = reader(Kind.CALLS, {0: "type", 1: "priority", 2: "due"}, CUSTOMS)
    reasons = read(["Boiler", "whenever", "tomorrow"])
    assert isinstance(reasons, tuple)
    assert [reason.fields["value"] for reason in reasons] == ["whenever", "tomorrow"]


def test_a_borough_called_unspecified_is_no_site() -> None:
    values = reader(Kind.CALLS, {0: "type", 1: "site"}, CUSTOMS)(["Noise", "Unspecified"])
    assert isinstance(values, CallValues)
    assert values.site == ""
