"""Where the machine's pairs of offices come from."""

from tests.kit.office_pairs import pairs

__all__ = ["pairs"]
