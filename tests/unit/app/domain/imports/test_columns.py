import pytest

from app.domain.errors import UserError
from app.domain.imports import columns
from app.domain.imports.fields import FIELDS, Kind
from app.domain.imports.headers import HEADERS

NYC = (
    "unique_key,created_date,agency,agency_name,complaint_type,descriptor,incident_zip,address_type,city,status,"
    "resolution_description,borough,open_data_channel_type,park_borough,incident_address,closed_date,due_date"
)


@pytest.mark.parametrize(
    ("kind", "headers", "found"),
    [
        (Kind.CUSTOMERS, "Customer ID,Full name,Phone 1,Phone 2,E-mail",
         {0: "external_key", 1: "name", 2: "phones", 3: "phones", 4: "email"}),
        (Kind.CUSTOMERS, "Codice cliente,Ragione sociale,Telefono,Città,Priorità",
         {0: "external_key", 1: "name", 2: "phones", 3: "address"}),
        (Kind.CUSTOMERS, "מספר לקוח,שם הלקוח,טלפון נייד,דוא״ל,כתובת",
         {0: "external_key", 1: "name", 2: "phones", 3: "email", 4: "address"}),
        (Kind.TECHNICIANS, "מספר עובד,שם,קבוצה,כישורים",
         {0: "external_key", 1: "name", 2: "groups", 3: "activity_types"}),
        (Kind.CALLS, NYC,
         {0: "external_key", 1: "created", 4: "type", 5: "subtype", 9: "status", 11: "site", 12: "channel",
          14: "address", 15: "closed", 16: "due"}),
    ],
)  # fmt: skip
def test_columns_are_guessed_from_headers_in_three_languages(kind: Kind, headers: str, found: dict[int, str]) -> None:
    assert columns.guess(kind, headers.split(",")) == found


def test_a_field_takes_one_column_the_best_named() -> None:
    assert columns.guess(Kind.CUSTOMERS, ["Client", "Name", "Full name"]) == {1: "name"}


def test_every_field_is_guessed_from_each_of_its_own_words() -> None:
    for kind in Kind:
        for field in FIELDS[kind]:
            assert field.name in columns.guess(kind, [field.name]).values()
    assert set(HEADERS) == {f"{kind}.{field.name}" for kind in Kind for field in FIELDS[kind]}


def test_no_header_word_means_two_fields_of_one_kind() -> None:
    for kind in Kind:
        seen: dict[str, str] = {}
        for field in FIELDS[kind]:
            for word in map(columns.header_words, HEADERS[f"{kind}.{field.name}"].split("|")):
                assert seen.setdefault(word, field.name) == field.name, (kind, word)


def test_a_kept_mapping_fits_a_file_with_other_columns_in_another_order() -> None:
    kept = columns.saved({0: "name", 2: "phones"}, ["Who", "Colour", "Reach at"])
    assert columns.applied(Kind.CUSTOMERS, kept, ["reach AT", "Shoe size", "who"]) == {0: "phones", 2: "name"}


@pytest.mark.parametrize("mapping", [{}, {0: "email"}, {0: "name", 1: "name"}])
def test_a_mapping_that_makes_no_row_is_refused(mapping: dict[int, str]) -> None:
    with pytest.raises(UserError):
        columns.check(Kind.CUSTOMERS, mapping)
