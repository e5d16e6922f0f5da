"""Mobile numbers are told by how they begin, as the library of numbering plans tells them."""

import phonenumbers
import pytest
from phonenumbers import PhoneNumberType as Kind

from app.domain.points.mobiles import MOBILE_PREFIXES

_REGIONS = (
    "IL", "IT", "SM", "CH", "FR", "ES", "DE", "AT", "GB", "PT", "NL", "BE", "SE", "NO", "FI", "PL", "CZ", "HU", "RO",
    "GR", "HR", "TR", "MA", "AE", "AU", "CN",
)  # fmt: skip


@pytest.mark.parametrize("region", _REGIONS)
def test_mobile_numbers_of_a_country_are_told_from_fixed_ones(region):
    for kind in (Kind.MOBILE, Kind.FIXED_LINE):
        example = phonenumbers.example_number_for_type(region, kind)
        if example is not None:
            e164 = phonenumbers.format_number(example, phonenumbers.PhoneNumberFormat.E164)
            assert e164.startswith(tuple(MOBILE_PREFIXES)) is (kind == Kind.MOBILE), e164


def test_no_country_is_mobile_as_a_whole():
    assert not "+1".startswith(tuple(MOBILE_PREFIXES))
    assert all(prefix.startswith("+") and prefix[1:].isdigit() for prefix in MOBILE_PREFIXES)
