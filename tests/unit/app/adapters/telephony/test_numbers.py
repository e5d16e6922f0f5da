"""What is dialled, and what is refused in words before anything is dialled."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.adapters.telephony.handoff import address
from app.adapters.telephony.numbers import FORMS, dialable, dialled
from app.domain.errors import Refused

DIALLED = re.compile(r"\+[1-9][0-9]{6,14}|[*#][0-9]{2,6}#?", re.ASCII)


@pytest.mark.parametrize(
    ("raw", "country", "number"),
    [
        ("06 1234 5678", "IT", "+390612345678"),
        ("+39 06-1234.5678", "IL", "+390612345678"),
        ("0039 06 12345678", "IT", "+390612345678"),
        ("(02) 623-4567", "IL", "+97226234567"),
        ("054-1234567", "IL", "+972541234567"),
        ("\u200f+972 54\u2011123\u20114567\u200e", "IL", "+972541234567"),
        ("\u2067054-1234567\u2069", "IL", "+972541234567"),
        ("\u0660\u0665\u0664\u0661\u0662\u0663\u0664\u0665\u0666\u0667", "IL", "+972541234567"),
        ("\uff10\uff15\uff14\uff11\uff12\uff13\uff14\uff15\uff16\uff17", "IL", "+972541234567"),
        ("+972-0-54-1234567", "IL", "+972541234567"),
        ("020 7946 0018", "GB", "+442079460018"),
        ("*2700", "IL", "*2700"),
    ],
)
def test_every_form_is_read(raw: str, country: str, number: str) -> None:
    assert dialable(raw, country) == number


@pytest.mark.row("U40")
@pytest.mark.parametrize(
    ("raw", "said"),
    [
        ("", "There is no number to call."),
        (" \u200f ", "There is no number to call."),
        ("call Dana", "“{number}” has letters in it."),
        ("054-דנה-4567", "“{number}” has letters in it."),
        ("0800 FLOWERS", "“{number}” has letters in it."),
        ("12345", "{number} is too short for a telephone number."),
        ("+999 123 456 789", "{number} is not a telephone number of any country."),
        ("+39061234567890123456", "{number} is not a telephone number of any country."),
        ("0612345678\r\nAction: Originate", "“{number}” has letters in it."),
    ],
)
def test_what_is_no_number_is_refused_in_words(raw: str, said: str) -> None:
    with pytest.raises(Refused) as refused:
        dialable(raw, "IT")
    assert (refused.value.code, refused.value.what.text) == ("NUMBER", said)
    assert refused.value.hint is not None


@given(st.text(max_size=40), st.sampled_from(["IT", "IL", "US", "XX", None]))
def test_whatever_is_typed_only_numbers_are_dialled(raw: str, country: str | None) -> None:
    try:
        number = dialable(raw, country)
    except Refused:
        return
    assert DIALLED.fullmatch(number)


@given(st.text("0123456789 +-()/.\u200f\u0665*#", max_size=20), st.sampled_from(["IT", "IL", "US"]))
def test_what_looks_like_a_number_is_dialled_whole_or_not_at_all(raw: str, country: str) -> None:
    try:
        number = dialable(raw, country)
    except Refused:
        return
    assert DIALLED.fullmatch(number)
    assert dialable(number, country) == number
    for form in FORMS:
        assert re.fullmatch(r"[+]?[0-9*#]+", dialled(number, form, "0", country), re.ASCII)


@pytest.mark.parametrize(
    ("form", "prefix", "country", "made"),
    [
        ("e164", "", "IT", "+390612345678"),
        ("e164", "9", "IT", "900390612345678"),
        ("00", "0", "IT", "000390612345678"),
        ("national", "9", "IT", "90612345678"),
        ("national", "", "IL", "00390612345678"),
        ("e164", "9\r\n", "IT", "+390612345678"),
    ],
)
def test_each_telephone_system_gets_its_form(form: str, prefix: str, country: str, made: str) -> None:
    assert dialled("+390612345678", form, prefix, country) == made


@given(st.text(max_size=20), st.text(max_size=20))
def test_an_address_opens_a_telephone_and_nothing_else(number: str, host: str) -> None:
    for scheme in ("tel", "sip"):
        made = address(number, scheme, host)
        assert made is None or re.fullmatch(r"(tel:|sip:)[+0-9*%]+(@[A-Za-z0-9.:-]+)?", made, re.ASCII)


def test_addresses() -> None:
    assert address("+390612345678") == "tel:+390612345678"
    assert address("*27#", "sip", "pbx.local:5061") == "sip:*27%23@pbx.local:5061"
    assert address("+390612345678", "sip", "pbx/../x") is None
    assert address("file:///etc/passwd") is None
