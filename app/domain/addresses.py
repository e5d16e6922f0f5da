"""Addresses from which log-ins are let in: single ones and networks, of IPv4 and IPv6."""

from app.domain.errors import Refused
from app.domain.words import N_, message

__all__ = ["checked_addresses"]

MOST = 200


def checked_addresses(typed: str) -> str:
    """The list as it is kept, one way to write each address; a `Refused` names the first that is none."""
    parts = [part.strip() for part in typed.replace(";", ",").replace("\n", ",").split(",")]
    kept = list(dict.fromkeys(_checked(part) for part in parts if part))
    if len(kept) > MOST:
        raise Refused(
            "ADDRESSES", message(N_("These are too many addresses: write a network for those of one office."))
        )
    return ", ".join(kept)


def _checked(part: str) -> str:
    import ipaddress  # Few starts speak of addresses.

    try:
        # The server's own type knows no zone of a link ("fe80::1%eth0").
        network = ipaddress.ip_network(part if "%" not in part else "", strict=False)
    except ValueError as error:
        raise Refused(
            "ADDRESSES",
            message(N_("“{address}” is no address: write 192.168.1.7, 192.168.1.0/24 or 2001:db8::/32."), address=part),
            message(N_("Nothing was saved.")),
        ) from error
    if network.version == 6 and network.network_address.ipv4_mapped and network.prefixlen >= 96:
        # The server knows an IPv4 line by its IPv4 address.
        return _checked(f"{network.network_address.ipv4_mapped}/{network.prefixlen - 96}")
    return str(network.network_address) if network.prefixlen == network.max_prefixlen else str(network)
