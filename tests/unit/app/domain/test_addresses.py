"""Lists of addresses: what is taken, how it is kept, and which one is named as wrong."""

import pytest

from app.domain.addresses import checked_addresses
from app.domain.errors import Refused


@pytest.mark.row("R-F25")
@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("", ""),
        (" , ", ""),
        ("192.168.1.7", "192.168.1.7"),
        ("192.168.1.7/24,10.0.0.1;  2001:DB8::/32", "192.168.1.0/24, 10.0.0.1, 2001:db8::/32"),
        ("10.0.0.1\n10.0.0.1", "10.0.0.1"),
        ("192.168.1.0/255.255.255.0", "192.168.1.0/24"),
        ("::ffff:10.0.0.1", "10.0.0.1"),
    ],
)
def test_addresses_are_kept_in_one_way_of_writing(typed: str, kept: str) -> None:
    assert checked_addresses(typed) == kept
    assert checked_addresses(kept) == kept


@pytest.mark.row("R-F25")
@pytest.mark.parametrize("wrong", ["256.1.1.1", "office", "10.0.0.1-10.0.0.9", "10.0.0.0/33", "fe80::1%eth0", "1.2"])
def test_the_wrong_one_is_named(wrong: str) -> None:
    with pytest.raises(Refused) as refused:
        checked_addresses(f"10.0.0.1, {wrong}, 10.0.0.2")
    assert refused.value.what.fields["address"] == wrong
