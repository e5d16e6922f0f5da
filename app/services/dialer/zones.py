"""By whose clock a customer lives: his own zone where the card says one, else his number's country's, else ours."""

from datetime import UTC, datetime
from functools import cache, lru_cache
from zoneinfo import ZoneInfo

from app.adapters.phones import countries_of, country_of
from app.services.company.places import is_zone, zones_of

__all__ = ["zone_of", "zone_of_number"]

_SEASONS = (datetime(2026, 1, 15, 12, tzinfo=UTC), datetime(2026, 7, 15, 12, tzinfo=UTC))


def zone_of(time_zone: str | None, person: str | None, company_zone: str) -> str:
    """The time zone of a customer with this zone on his card and this number."""
    if time_zone and is_known(time_zone):
        return time_zone
    return (zone_of_number(person) if person else None) or company_zone


@lru_cache(4096)
def is_known(name: str) -> bool:
    """Whether there is such a zone: the list of them is read from the disk each time it is asked for."""
    return is_zone(name)


def zone_of_number(person: str) -> str | None:
    """The first zone of the country an E.164 number belongs to."""
    countries = countries_of(person)
    if not countries:
        return None
    if _is_one_clock(countries):
        return _first(countries[0])
    country = country_of(person)
    return _first(country) if country else None


@cache
def _is_one_clock(countries: tuple[str, ...]) -> bool:
    """Whether those who share a code share the clock too: then no number need be taken apart."""
    clocks = {_offsets(zone) for country in countries if (zone := _first(country))}
    return len(clocks) <= 1


@cache
def _first(country: str) -> str | None:
    return next(iter(zones_of(country)), None)


def _offsets(zone: str) -> tuple[object, ...]:
    return tuple(ZoneInfo(zone).utcoffset(moment) for moment in _SEASONS)
