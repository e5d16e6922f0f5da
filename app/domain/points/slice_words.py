"""What rows are summed up by, in words: on the screen and in files."""

from collections.abc import Mapping
from types import MappingProxyType

from app.domain.points.asked import Slice
from app.domain.words import N_

NAMES: Mapping[Slice, str] = MappingProxyType(
    {
        Slice.WORKER: N_("Worker"),
        Slice.CUSTOMER: N_("Customer"),
        Slice.PROCESS: N_("Process"),
        Slice.STAGE: N_("Stage"),
        Slice.MONTH: N_("Month"),
        Slice.GROUP: N_("Group"),
    }
)
"""Catalogue texts, as the heading of a column."""

NOBODY: Mapping[Slice, str] = MappingProxyType(
    {
        Slice.WORKER: N_("By the machine"),
        Slice.CUSTOMER: N_("No customer"),
        Slice.GROUP: N_("In no group"),
    }
)
"""What the sum of the rows is called that have none."""
