"""Months are told apart by colour and pattern, by everybody.

Sight is simulated by the matrices of Machado, Oliveira and Fernandes, "A Physiologically-based Model for Simulation of
Color Vision Deficiency" (2009), severity 1.0, in linear light; distances are those of OKLab (Ottosson 2020), where
about 0.02 can just be seen.
"""

from datetime import date
from itertools import combinations

import pytest
from PySide6.QtCore import QSize

from ui.kit.theme import DARK, LIGHT
from ui.points.chart.palette import DARK_FILLS, LIGHT_FILLS, Pattern, contrast, look_of, pattern_of, swatch

Triple = tuple[float, float, float]
Matrix = tuple[Triple, Triple, Triple]

SIGHTS: dict[str, Matrix] = {
    "normal": ((1, 0, 0), (0, 1, 0), (0, 0, 1)),
    "protanopia": (
        (0.152286, 1.052583, -0.204868), (0.114503, 0.786281, 0.099216), (-0.003882, -0.048116, 1.051998),
    ),
    "deuteranopia": (
        (0.367322, 0.860646, -0.227968), (0.280085, 0.672501, 0.047413), (-0.011820, 0.042940, 0.968881),
    ),
    "tritanopia": (
        (1.255528, -0.076749, -0.178779), (-0.078411, 0.930809, 0.147602), (0.004733, 0.691367, 0.303900),
    ),
}  # fmt: skip
TO_LMS: Matrix = (
    (0.4122214708, 0.5363325363, 0.0514459929),
    (0.2119034982, 0.6806995451, 0.1073969566),
    (0.0883024619, 0.2817188376, 0.6299787005),
)
TO_LAB: Matrix = (
    (0.2104542553, 0.7936177850, -0.0040720468),
    (1.9779984951, -2.4285922050, 0.4505937099),
    (0.0259040371, 0.7827717662, -0.8086757660),
)
SIXTY = [date(2022 + (11 + n) // 12 - 1, (11 + n) % 12 + 1, 1) for n in range(60)]


def times(matrix: Matrix, vector: Triple) -> Triple:
    one, two, three = (sum(a * b for a, b in zip(row, vector, strict=True)) for row in matrix)
    return one, two, three


def seen(colour: str, sight: str) -> Triple:
    """A colour as this sight sees it, in OKLab."""
    parts = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    red, green, blue = (each / 12.92 if each <= 0.04045 else ((each + 0.055) / 1.055) ** 2.4 for each in parts)
    light = times(SIGHTS[sight], (red, green, blue))
    one, two, three = times(TO_LMS, tuple(min(1.0, max(0.0, each)) for each in light))
    return times(TO_LAB, (one ** (1 / 3), two ** (1 / 3), three ** (1 / 3)))


def distance(one: str, other: str) -> float:
    """The least distance of two colours under any sight."""
    pairs = ((seen(one, sight), seen(other, sight)) for sight in SIGHTS)
    return min(sum((a - b) ** 2 for a, b in zip(*pair, strict=True)) ** 0.5 for pair in pairs)


@pytest.mark.row("R-P17")
@pytest.mark.parametrize("fills", [LIGHT_FILLS, DARK_FILLS])
def test_twelve_colours_are_told_apart_by_every_sight(fills):
    assert len(set(fills)) == 12
    assert min(distance(one, other) for one, other in combinations(fills, 2)) > 0.11
    # Neighbours in the calendar stand side by side.
    assert min(distance(fills[at - 1], fills[at]) for at in range(12)) > 0.18


@pytest.mark.row("R-P17")
@pytest.mark.parametrize("theme", [LIGHT, DARK])
def test_sixty_months_are_sixty_looks(theme):
    looks = [look_of(month, theme) for month in SIXTY]
    assert len({(look.fill, look.pattern) for look in looks}) == 60
    assert {look.pattern for look in looks} == set(Pattern)
    for look in looks:
        assert contrast(look.edge, theme.surface) >= 3
        assert contrast(look.ink, look.fill) >= 3


def test_a_month_looks_the_same_whatever_stands_beside_it():
    assert pattern_of(date(2026, 3, 1)) is Pattern.PLAIN
    assert [pattern_of(date(year, 3, 1)) for year in range(2026, 2032)] == [0, 2, 4, 1, 3, 0]
    assert pattern_of(date(2026, 6, 1)) != pattern_of(date(2026, 7, 1)) != pattern_of(date(2027, 1, 1))


def test_a_hidden_month_shows_its_edge_alone(qapp):
    look = look_of(date(2026, 3, 1), LIGHT)
    shown, hidden = (swatch(look, QSize(14, 14), is_off=is_off).toImage() for is_off in (False, True))
    assert shown.pixelColor(7, 7).name().upper() == look.fill
    assert hidden.pixelColor(7, 7).alpha() == 0
    assert hidden.pixelColor(0, 7).alpha() > 0
