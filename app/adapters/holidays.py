"""Public holidays by country, from the `holidays` package (imported when asked for: it is slow to load)."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

__all__ = ["PublicHoliday", "countries", "public_holidays"]

_LANGUAGES = {"en": ("en_US", "en_GB", "en"), "it": ("it_IT", "it"), "he": ("he", "he_IL")}


@dataclass(frozen=True, slots=True)
class PublicHoliday:
    """A day off with its names by language; the country's own language stands in where English is not known."""

    day: date
    names: dict[str, str]


def public_holidays(country: str, subdivision: str | None, years: Iterable[int]) -> tuple[PublicHoliday, ...]:
    """The public holidays of these years, sorted; empty for a country nobody has written down."""
    import holidays

    wanted = list(years)
    if country not in holidays.list_supported_countries():
        return ()
    part = subdivision if subdivision in holidays.list_supported_countries()[country] else None
    known = holidays.country_holidays(country, subdiv=part, years=wanted)
    names: dict[date, dict[str, str]] = {}
    for code, candidates in _LANGUAGES.items():
        spoken = next((each for each in candidates if each in known.supported_languages), None)
        if spoken is None and known.default_language in candidates:
            spoken = known.default_language
        if spoken is not None:
            told = holidays.country_holidays(country, subdiv=part, years=wanted, language=spoken)
            for day in known:
                names.setdefault(day, {})[code] = "; ".join(told.get_list(day))
    return tuple(
        PublicHoliday(day, names.get(day) or {"en": "; ".join(known.get_list(day))})
        for day in sorted(known)
        if day.year in wanted
    )


def countries() -> dict[str, tuple[str, ...]]:
    """Every country with holidays by its ISO code, with its subdivisions."""
    import holidays

    return {code: tuple(parts) for code, parts in holidays.list_supported_countries().items()}
