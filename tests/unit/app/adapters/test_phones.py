import pytest

from app.adapters.phones import Phone, read_phone, read_phones


@pytest.mark.parametrize(
    ("raw", "country", "e164"),
    [
        ("052-123 4567", "IL", "+972521234567"),
        ("02 12345678", "IT", "+390212345678"),
        ("+39 347 1234567", "IL", "+393471234567"),
        ("00972521234567", "IT", "+972521234567"),
        ("521234567", "IL", "+972521234567"),
    ],
)
def test_a_number_is_read_in_the_country_of_the_company(raw: str, country: str, e164: str) -> None:
    assert read_phone(raw, country) == Phone(raw, e164, is_suspect=False)


@pytest.mark.parametrize("raw", ["call the porter", "12", "123456", "0", "052-123-4567-9999999", "+999 12345678"])
def test_what_cannot_be_read_is_kept_as_typed_and_flagged(raw: str) -> None:
    assert read_phone(raw, "IL") == Phone(raw, None, is_suspect=True)


def test_without_a_country_only_international_numbers_are_read() -> None:
    assert read_phone("02 12345678", None).is_suspect
    assert read_phone("+39 02 12345678", None).e164 == "+390212345678"


def test_a_star_number_is_dialled_as_it_stands() -> None:
    assert read_phone("*2700", "IL") == Phone("*2700", None, is_suspect=False)


def test_a_cell_may_hold_several_numbers_and_names_each_once() -> None:
    phones = read_phones("02/1234567; +39 347 1234567 / 3471234567, ", "IT")
    assert [phone.e164 for phone in phones] == ["+39021234567", "+393471234567"]
