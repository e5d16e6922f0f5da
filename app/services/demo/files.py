"""The files of the demo company: rows by column, names in one language, days moved to today."""

import csv
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import cached_property
from pathlib import Path

FOLDER = Path(__file__).resolve().parents[3] / "resources" / "demo"

Row = dict[str, str]


@dataclass(frozen=True)
class Files:
    """The demo as it reads in one language on one day; `now` is the company's wall clock."""

    language: str
    now: datetime
    folder: Path = FOLDER

    def rows(self, name: str) -> list[Row]:
        """The rows of a file, as they are."""
        with (self.folder / f"{name}.csv").open(encoding="utf-8", newline="") as source:
            return list(csv.DictReader(source))

    def names(self, name: str) -> dict[str, str]:
        """What people read, by key; two keys of one name keep the name."""
        return {row["key"]: row[f"name_{self.language}"] for row in self.rows(name)}

    @cached_property
    def shift(self) -> timedelta:
        """From the day the files were written for to today."""
        facts = tomllib.loads((self.folder / "demo.toml").read_text(encoding="utf-8"))
        base: date = facts["base_day"]
        return self.now.date() - base

    def moved(self, written: str, *, is_past: bool = False) -> str:
        """A day or moment of the files as if they were written today; what lies behind never lies ahead."""
        if not written:
            return ""
        if len(written) == 10:
            return (date.fromisoformat(written) + self.shift).isoformat()
        moment = datetime.fromisoformat(written).replace(tzinfo=self.now.tzinfo) + self.shift
        while is_past and moment > self.now:
            moment -= timedelta(days=1)
        return moment.strftime("%Y-%m-%d %H:%M:%S")


def write_table(path: Path, rows: Sequence[Row]) -> Path:
    """A file as a person would bring it to the import."""
    with path.open("w", encoding="utf-8", newline="") as target:
        table = csv.DictWriter(target, list(rows[0]))
        table.writeheader()
        table.writerows(rows)
    return path


def named(cell: str, names: Mapping[str, str]) -> str:
    """The keys of a cell, parted by ";", as their names."""
    return ";".join(names.get(key, key) for key in cell.split(";")) if cell else ""


def is_yes(cell: str) -> bool:
    """Whether a cell says yes."""
    return cell == "yes"
