"""Filters as a person sets them: by result, site, language and the day a customer was added; nothing is no limit."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from app.domain.words import N_, Message, message

NONE = 0
"""Stands among results and sites for customers who have none."""


@dataclass(frozen=True, slots=True)
class Filters:
    """A manager's or an agent's filters; an empty field is no limit."""

    statuses: tuple[int, ...] = ()
    sites: tuple[int, ...] = ()
    languages: tuple[str, ...] = ()
    added_from: date | None = None
    added_to: date | None = None

    @property
    def count(self) -> int:
        """How many things limit who passes."""
        return len(self.document())

    def document(self) -> dict[str, Any]:
        """As the database keeps them: only what limits something."""
        kept: dict[str, Any] = {
            name: list(value)
            for name, value in (("statuses", self.statuses), ("sites", self.sites), ("languages", self.languages))
            if value
        }
        for name, day in (("added_from", self.added_from), ("added_to", self.added_to)):
            if day is not None:
                kept[name] = day.isoformat()
        return kept

    def problem(self) -> Message | None:
        """What is wrong with them."""
        if self.added_from is not None and self.added_to is not None and self.added_to < self.added_from:
            return message(N_("The last day lies before the first."))
        return None


def read_filters(document: Mapping[str, Any]) -> Filters:
    """Filters out of what the database keeps."""
    return Filters(
        tuple(sorted(document.get("statuses", ()))),
        tuple(sorted(document.get("sites", ()))),
        tuple(sorted(document.get("languages", ()))),
        _day(document.get("added_from")),
        _day(document.get("added_to")),
    )


def _day(text: str | None) -> date | None:
    return date.fromisoformat(text) if text else None
