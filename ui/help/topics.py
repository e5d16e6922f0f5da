"""The pages of help: Markdown in resources/help, one file a language."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType

from app.domain.words import N_

__all__ = ["FOLDER", "TOPICS", "Topic", "page", "topic_of"]

FOLDER = Path(__file__).resolve().parents[2] / "resources" / "help"


@dataclass(frozen=True, slots=True)
class Topic:
    """One page: its file's name, its title, and the screens it is about; others are reached by links and the list."""

    id: str
    title: str
    screens: tuple[str, ...] = ()


TOPICS: Mapping[str, Topic] = MappingProxyType(
    {
        topic.id: topic
        for topic in (
            Topic("agent", N_("At the desk: tickets and tasks"), ("home", "tickets", "tasks", "customers")),
            Topic("dialer", N_("The dial desk"), ("dialer",)),
            Topic("planner", N_("Planning the technicians' day"), ("planner",)),
            Topic(
                "administrator",
                N_("Shaping the work: processes, profiles, cards, mail"),
                ("processes", "admin", "mail", "imports", "reports"),
            ),
            Topic("team", N_("Working together: rights, drafts, history")),
            Topic("points", N_("Points")),
            Topic("campaigns", N_("Campaigns"), ("campaigns",)),
            Topic("wall", N_("The wall and the reports")),
            Topic("telephone", N_("Telephone")),
            Topic("proof", N_("Proof: one customer, one agent")),
        )
    }
)


def topic_of(screen: str | None) -> Topic:
    """The page that fits a screen."""
    found = next((topic for topic in TOPICS.values() if screen in topic.screens), None)
    return found or TOPICS["agent"]


def page(topic: Topic, language: str) -> str:
    """The Markdown of a page in this language, or in English where there is none."""
    for code in (language, "en"):
        path = FOLDER / f"{topic.id}.{code}.md"
        if path.is_file():
            return path.read_text(encoding="utf-8")
    return ""
