"""Where the offices of the long forms come from."""

from tests.faults.conftest import _plugged_in, cabled
from tests.faults.test_storm import guarded
from tests.kit.office_pairs import pairs

__all__ = ["_plugged_in", "cabled", "guarded", "pairs"]
