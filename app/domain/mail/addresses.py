"""Mail addresses: what can be one, and what it is called in a header."""

import re

LONGEST = 254

_ADDRESS = re.compile(r"[^\s@,;:<>()\[\]\\\"\x00-\x1f\x7f]+@[^\s@,;:<>()\[\]\\\"\x00-\x1f\x7f]+\Z")


def cleaned(address: str) -> str | None:
    """The address without loose spaces and with a small domain; None when nothing could be sent there."""
    text = address.strip().removeprefix("mailto:")
    if len(text) > LONGEST or _ADDRESS.match(text) is None:
        return None
    local, _at, domain = text.rpartition("@")
    labels = domain.lower().rstrip(".").split(".")
    if ".." in local or local[0] == "." or local[-1] == "." or not all(labels):
        return None
    if any(label[0] == "-" or label[-1] == "-" or len(label) > 63 for label in labels):
        return None
    return f"{local}@{'.'.join(labels)}"


def domain_of(address: str) -> str:
    """What stands behind the @."""
    return address.rpartition("@")[2]
