"""Which numbers are mobile ones, told by how they begin, so that a database can tell it row by row."""

from collections.abc import Mapping
from types import MappingProxyType

_COUNTRIES: Mapping[str, str] = MappingProxyType(
    {
        "+972": "5", "+39": "3", "+378": "6", "+41": "75 76 77 78 79", "+33": "6 7", "+34": "6 71 72 73 74",
        "+49": "15 16 17", "+43": "65 66 67 68 69", "+44": "71 72 73 74 75 77 78 79", "+353": "83 85 86 87 89",
        "+351": "9", "+31": "61 62 63 64 65 68", "+32": "45 46 47 48 49", "+352": "6",
        "+46": "70 72 73 76 79", "+47": "4 9", "+358": "4 50", "+48": "45 50 51 53 57 60 66 69 72 73 78 79 88",
        "+420": "6 72 73 77 79", "+421": "90 91 94 95", "+36": "20 30 31 50 70", "+40": "6 7",
        "+359": "87 88 89 98 99", "+30": "69", "+357": "94 95 96 97 99", "+356": "7 9", "+385": "9",
        "+386": "30 31 40 41 51 68 69 70 71", "+380": "39 50 63 66 67 68 73 9", "+90": "50 53 54 55", "+20": "10 11 12",
        "+962": "77 78 79", "+212": "6 7", "+216": "2 4 5 9", "+971": "5", "+7": "9", "+995": "5",
        "+27": "6 7 82 83 84", "+61": "4", "+86": "13 14 15 17 18 19",
    }
)  # fmt: skip

MOBILE_PREFIXES: frozenset[str] = frozenset(
    code + start for code, starts in _COUNTRIES.items() for start in starts.split()
)
"""How mobile numbers begin in E.164; countries whose mobile numbers look like all others are not among them."""
