"""The company: its name, its country with the holidays that follow from it, its time zone and its language."""

from collections.abc import Mapping, Sequence
from typing import Any

from app.domain.words import N_
from app.i18n import LANGUAGES
from app.services.company import places, profile
from app.services.company.rows import CompanyDraft, CompanyRow
from ui.admin.parts import Part, PickPart, TextPart
from ui.admin.section import Call, Entry, Offer, Section, Values
from ui.widgets.picker import Choice

__all__ = ["COMPANY"]


def _values(company: CompanyRow | None) -> dict[str, Any]:
    if company is None:
        empty = {"name": "", "country": None, "subdivision": None, "time_zone": None, "language": "en"}
        return {**empty, "allowed_addresses": ""}
    return {
        "name": company.name,
        "country": company.country,
        "subdivision": company.subdivision,
        "time_zone": company.time_zone,
        "language": company.language,
        "allowed_addresses": company.allowed_addresses,
    }


def _save(values: Values, company: CompanyRow | None) -> Call:
    draft = CompanyDraft(**{**values, "country": values["country"] or "", "time_zone": values["time_zone"] or ""})
    return Call(profile.save_company, draft, company.version if company else 0)


class _RegionPart(PickPart):
    """A part of the country that is chosen; it is offered those of every country, as "IT/RM"."""

    def __init__(self) -> None:
        super().__init__(nothing=N_("The whole country"))
        self._country = ""
        self._all: tuple[Choice, ...] = ()

    def offer(self, choices: Sequence[Choice]) -> None:
        """Keep all, show those of the country."""
        self._all = tuple(choices)
        start = f"{self._country}/"
        super().offer([Choice(each.text, each.text) for each in self._all if str(each.id).startswith(start)])

    def follow(self, country: str) -> None:
        """Show the parts of this country; the part of another one is not kept."""
        if self._country and country != self._country:
            self.set_value(None)
        self._country = country
        self.offer(self._all)


class _AddressesPart(TextPart):
    """A list that is longer than a name; cut short it would let other people in."""

    def __init__(self) -> None:
        super().__init__()
        self.line.setMaxLength(8000)


def _follow_country(parts: Mapping[str, Part], _company: CompanyRow | None, key: str) -> None:
    """Another country has other parts, and most likely another time zone."""
    country, region = parts["country"].value(), parts["subdivision"]
    if key != "country" or not country:
        return
    if isinstance(region, _RegionPart):
        region.follow(country)
    zone = parts["time_zone"].value()
    if zone not in places.zones_of(country):
        parts["time_zone"].set_value(places.likely_zone(country))


def _countries(found: Sequence[places.Country]) -> list[Choice]:
    return [Choice(country.code, country.name) for country in found]


def _all_regions() -> list[Choice]:
    return [
        Choice(f"{country.code}/{code}", code)
        for country in places.countries()
        for code in places.subdivisions(country.code)
    ]


def _zones(found: Sequence[str]) -> list[Choice]:
    return [Choice(name, name.replace("_", " ")) for name in found]


def _languages() -> PickPart:
    part = PickPart()
    part.offer([Choice(code, language.name) for code, language in LANGUAGES.items()])
    return part


COMPANY: Section[CompanyRow] = Section(
    key="company",
    text=N_("Company"),
    icon="company",
    about=N_("Whose database this is. Holidays follow the country and are filled in when it is saved."),
    tables=frozenset({"company"}),
    read=profile.company,
    values=_values,
    title=lambda company: company.name,
    is_single=True,
    identify=lambda company: 1,
    entries=(
        Entry("name", N_("Name"), TextPart, codes=frozenset({"NAME"}), needed=N_("The name is missing.")),
        Entry(
            "country",
            N_("Country"),
            PickPart,
            hint=N_("Its public holidays are grey on the planner."),
            codes=frozenset({"COUNTRY"}),
            needed=N_("The country is missing."),
        ),
        Entry(
            "subdivision",
            N_("Part of the country"),
            _RegionPart,
            hint=N_("Some parts have holidays of their own."),
        ),
        Entry(
            "time_zone",
            N_("Time zone"),
            PickPart,
            codes=frozenset({"ZONE"}),
            needed=N_("The time zone is missing."),
        ),
        Entry(
            "language",
            N_("Language"),
            _languages,
            hint=N_("For new users and for what is sent to customers."),
            codes=frozenset({"LANGUAGE"}),
        ),
        Entry(
            "allowed_addresses",
            N_("Log-in only from"),
            _AddressesPart,
            hint=N_(
                "Addresses of the office, with commas between them: 192.168.1.0/24, 203.0.113.7. Left empty, log-ins "
                "come from anywhere. Administrators are let in from anywhere always."
            ),
            codes=frozenset({"ADDRESSES"}),
            heading=N_("Log-ins of a shared server"),
        ),
    ),
    offers=(
        Offer("country", places.countries, _countries, is_service=False),
        Offer("subdivision", _all_regions, list, is_service=False),
        Offer("time_zone", places.zones, _zones, is_service=False),
    ),
    save=_save,
    adapt=_follow_country,
)
"""Whose database this is."""
