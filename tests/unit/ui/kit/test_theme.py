"""Colours that can be read, computed."""

import itertools

import pytest
from PySide6.QtGui import QColor
from PySide6.QtWidgets import QApplication

from ui.kit import icons, theme

TEXTS = ("text", "muted", "accent", "success", "warning", "danger", "info")
GROUNDS = ("window", "surface", "alternate")


def luminance(color: str) -> float:
    """Relative luminance by WCAG 2."""
    parts = [part / 255 for part in QColor(color).getRgb()[:3]]
    linear = [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(one: str, other: str) -> float:
    """Contrast ratio by WCAG 2."""
    light, dark = sorted((luminance(one), luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


@pytest.mark.parametrize("look", [theme.LIGHT, theme.DARK], ids=lambda look: look.name)
def test_every_text_can_be_read_on_every_ground(look: theme.Tokens):
    poor = [
        (text, ground, round(contrast(getattr(look, text), getattr(look, ground)), 2))
        for text, ground in itertools.product(TEXTS, GROUNDS)
        if contrast(getattr(look, text), getattr(look, ground)) < 4.5
    ]
    soft = [f"{kind}_soft" for kind in ("accent", "success", "warning", "danger", "info")]
    poor += [("text", ground, 0.0) for ground in soft if contrast(look.text, getattr(look, ground)) < 4.5]
    poor += [("accent", "accent_soft", 0.0)] if contrast(look.accent, look.accent_soft) < 4.5 else []
    assert poor == []
    assert contrast(look.on_accent, look.accent) >= 4.5
    assert contrast(look.on_accent, look.accent_strong) >= 4.5


@pytest.mark.parametrize("look", [theme.LIGHT, theme.DARK], ids=lambda look: look.name)
def test_the_outline_of_a_control_is_seen(look: theme.Tokens):
    assert contrast(look.outline, look.surface) >= 3


def test_every_category_carries_its_text():
    assert [each.name for each in theme.CATEGORIES if contrast(each.fill, theme.LIGHT.category_text) < 4.5] == []


def test_switching_the_theme_recolours_what_is_shown(qapp: QApplication):
    theme.apply(qapp, "light")
    before = icons.icon("search").pixmap(18, 18).toImage()
    theme.apply(qapp, "dark")
    assert qapp.palette().window().color() == QColor(theme.DARK.window)
    assert icons.icon("search").pixmap(18, 18).toImage() != before
    theme.apply(qapp, "light")
    assert icons.icon("search").pixmap(18, 18).toImage() == before


def test_every_meaning_has_its_glyph(qapp: QApplication):
    _family, glyphs = icons._glyphs()
    assert set(glyphs) == set(icons.MEANINGS)


def test_compact_rows_and_larger_text_change_the_row(qapp: QApplication):
    theme.apply(qapp, "light", compact=True)
    compact = theme.row_height()
    theme.apply(qapp, "light", percent=200)
    large = theme.row_height()
    theme.apply(qapp, "light")
    assert (compact, large, theme.row_height()) == (26, 64, 32)
