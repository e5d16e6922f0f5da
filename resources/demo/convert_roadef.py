"""Turns one ROADEF 2007 instance (technicians and interventions of a telephone company) into CSV files to import.

Usage: python resources/demo/convert_roadef.py INSTANCE_DIR OUT_DIR

INSTANCE_DIR holds the three text files of the challenge: `instance`, `tech_list` and `interv_list`.
OUT_DIR receives technicians.csv, activity_types.csv, calls.csv and absences.csv (UTF-8, comma, header row).

A skill of the challenge is a domain and a level. Each pair becomes one activity type, "Domain 2 level 3"; a
technician is enabled for every level of a domain up to his own. A call gets the hardest pair it needs: the highest
level, then the most people, then the lowest domain. One time unit of the challenge is read as one minute.
"""

from __future__ import annotations

import csv
import re
import sys
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

PRIORITIES = {1: "Urgent", 2: "High", 3: "Medium", 4: "Low"}
HEADER = ("name", "domains", "level", "techs", "interv", "abandon")
ROW = re.compile(r"^(?P<before>[^\[\]]*)\[(?P<listed>[^\[\]]*)\](?P<after>[^\[\]]*)$")


class BadInstance(Exception):
    """The instance cannot be read; its text is one sentence for the person who typed the command."""


@dataclass(frozen=True)
class Technician:
    """One technician: his level in each domain (0 = none) and the days he is not there, counted from 1."""

    number: int
    levels: tuple[int, ...]
    days_off: tuple[int, ...]

    def skills(self) -> list[tuple[int, int]]:
        """Every (domain, level) he may work at."""
        return [(d, level) for d, top in enumerate(self.levels, start=1) for level in range(1, top + 1)]


@dataclass(frozen=True)
class Intervention:
    """One piece of work; `needs[domain - 1][level - 1]` people of at least that level are asked for."""

    number: int
    minutes: int
    after: tuple[int, ...]
    priority: int
    cost: int
    needs: tuple[tuple[int, ...], ...]

    def wanted(self) -> list[tuple[int, int, int]]:
        """Every (domain, level, people) asked for, the hardest first; who can do a higher level counts for a lower."""
        found = [
            (domain, level, people)
            for domain, row in enumerate(self.needs, start=1)
            for level, (people, above) in enumerate(zip(row, (*row[1:], 0), strict=True), start=1)
            if people > above
        ]
        return sorted(found, key=lambda need: (-need[1], -need[2], need[0]))

    def skill(self) -> tuple[int, int] | None:
        """The (domain, level) that names its activity type, or None when no skill is asked for."""
        return next(((domain, level) for domain, level, _ in self.wanted()), None)

    def team(self) -> int:
        """How many people it takes at least."""
        return max(1, *(people for row in self.needs for people in row))


@dataclass(frozen=True)
class Instance:
    """One whole instance of the challenge."""

    name: str
    domains: int
    levels: int
    technicians: tuple[Technician, ...]
    interventions: tuple[Intervention, ...]


def read(folder: Path) -> Instance:
    """Read and check an instance folder; raise BadInstance with the file and line at fault."""
    name, counts = _read_head(folder)
    domains, levels = counts["domains"], counts["level"]
    technicians = tuple(_technician(line, domains, levels) for line in _rows(folder / "tech_list"))
    interventions = tuple(_intervention(line, domains, levels) for line in _rows(folder / "interv_list"))
    for what, rows, wanted in (
        ("technicians", technicians, counts["techs"]),
        ("interventions", interventions, counts["interv"]),
    ):
        if len(rows) != wanted:
            raise BadInstance(f"{folder}: 'instance' promises {wanted} {what}, but {len(rows)} were found.")
        if len({row.number for row in rows}) != len(rows):
            raise BadInstance(f"{folder}: two {what} have the same number.")
    known = {row.number for row in interventions}
    for row in interventions:
        if not known.issuperset(row.after) or row.number in row.after:
            raise BadInstance(f"{folder}: intervention {row.number} comes after one that does not exist.")
    return Instance(name, domains, levels, technicians, interventions)


@dataclass(frozen=True)
class _Line:
    """One data row: the numbers before, inside and after the bracket, and where it stands."""

    where: str
    before: tuple[int, ...]
    listed: tuple[int, ...]
    after: tuple[int, ...]

    def check(self, good: bool, why: str) -> None:
        if not good:
            raise BadInstance(f"{self.where}: {why}.")


def _read_text(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8")
    except UnicodeDecodeError:
        raise BadInstance(f"{path}: this is not a text file.") from None
    except OSError as error:
        raise BadInstance(f"{path}: cannot be read ({error.strerror}).") from None


def _read_head(folder: Path) -> tuple[str, dict[str, int]]:
    """The instance's name and its five counts."""
    path = folder / "instance"
    words = _read_text(path).split()
    if tuple(words[:6]) != HEADER or len(words) != 2 * len(HEADER):
        raise BadInstance(f"{path}: expected the header '{' '.join(HEADER)}' and one row under it.")
    try:
        counts = {key: int(word) for key, word in zip(HEADER[1:], words[7:], strict=True)}
    except ValueError:
        raise BadInstance(f"{path}: the second row must be a name and five whole numbers.") from None
    if counts["domains"] < 1 or counts["level"] < 1:
        raise BadInstance(f"{path}: there must be at least one domain and one level.")
    return words[6], counts


def _rows(path: Path) -> Iterator[_Line]:
    """The data rows of a list file, without its header and empty lines."""
    for index, line in enumerate(_read_text(path).splitlines()[1:], start=2):
        if not line.strip():
            continue
        where = f"{path}, line {index}"
        match = ROW.match(line)
        if match is None:
            raise BadInstance(f"{where}: expected one list in square brackets.")
        try:
            before, listed, after = (tuple(map(int, match[part].split())) for part in ("before", "listed", "after"))
        except ValueError:
            raise BadInstance(f"{where}: only whole numbers are allowed.") from None
        yield _Line(where, before, listed, after)


def _technician(line: _Line, domains: int, levels: int) -> Technician:
    line.check(
        len(line.before) == 1 + domains and not line.after, f"expected a number, {domains} levels and [days off]"
    )
    line.check(all(0 <= level <= levels for level in line.before[1:]), f"a level must be from 0 to {levels}")
    line.check(all(day >= 1 for day in line.listed), "days off are counted from 1")
    return Technician(line.before[0], line.before[1:], line.listed)


def _intervention(line: _Line, domains: int, levels: int) -> Intervention:
    line.check(len(line.before) == 2, "expected a number and a duration before the list")
    line.check(len(line.after) == 2 + domains * levels, f"expected {domains * levels} skill columns after the cost")
    (number, minutes), (priority, cost), flat = line.before, line.after[:2], line.after[2:]
    line.check(minutes > 0, "the duration must be more than 0")
    line.check(priority in PRIORITIES, "the priority must be from 1 to 4")
    line.check(all(people >= 0 for people in flat), "a number of people cannot be below 0")
    needs = tuple(flat[start : start + levels] for start in range(0, len(flat), levels))
    return Intervention(number, minutes, line.listed, priority, cost, needs)


def type_name(skill: tuple[int, int] | None) -> str:
    """The activity type's name for a skill."""
    return "General" if skill is None else f"Domain {skill[0]} level {skill[1]}"


def technician_rows(instance: Instance) -> list[dict[str, object]]:
    """One importable row per technician, with the activity types he is enabled for."""
    general = [type_name(None)] if any(call.skill() is None for call in instance.interventions) else []
    return [
        {
            "external_key": f"{instance.name}-T{row.number}",
            "name": f"Technician {row.number}",
            "login": f"technician{row.number}",
            "role": "technician",
            "groups": "Technicians",
            "activity_types": ";".join(general + [type_name(skill) for skill in row.skills()]),
        }
        for row in instance.technicians
    ]


def activity_type_rows(instance: Instance) -> list[dict[str, object]]:
    """One row per activity type that is needed or enabled, with the middle duration of its calls."""
    minutes: dict[tuple[int, int] | None, list[int]] = {
        skill: [] for technician in instance.technicians for skill in technician.skills()
    }
    for call in instance.interventions:
        minutes.setdefault(call.skill(), []).append(call.minutes)
    return [
        {
            "key": type_name(skill),
            "macro_type": "intervention",
            "schedulable": "yes",
            "expected_minutes": sorted(found)[len(found) // 2] if found else "",
        }
        for skill, found in sorted(minutes.items(), key=lambda item: item[0] or (0, 0))
    ]


def call_rows(instance: Instance) -> list[dict[str, object]]:
    """One importable row per intervention, in the order of the file."""
    return [
        {
            "external_key": f"{instance.name}-{row.number}",
            "type": f"Domain {skill[0]}" if (skill := row.skill()) else type_name(None),
            "activity_type": type_name(skill),
            "expected_minutes": row.minutes,
            "priority": PRIORITIES[row.priority],
            "status": "Open",
            "technicians_needed": row.team(),
            "description": " ".join(_sentences(instance, row)),
        }
        for row in instance.interventions
    ]


def _sentences(instance: Instance, row: Intervention) -> Iterator[str]:
    """What the columns cannot hold: all skills, predecessors, the price of outsourcing."""
    skills = "; ".join(f"{people} x {type_name((domain, level))}" for domain, level, people in row.wanted())
    if skills:
        yield f"Needs {skills}."
    if row.after:
        yield f"After {', '.join(f'{instance.name}-{number}' for number in row.after)}."
    yield f"Outsourcing costs {row.cost}."


def absence_rows(instance: Instance) -> list[dict[str, object]]:
    """One row per day off; the challenge's day 1 is the day of loading, offset 0."""
    return [
        {"technician": f"{instance.name}-T{row.number}", "day_offset": day - 1, "reason": "Day off"}
        for row in instance.technicians
        for day in sorted(set(row.days_off))
    ]


def write_csv(path: Path, columns: Sequence[str], rows: Iterable[Mapping[str, object]]) -> None:
    """Write one UTF-8 CSV file with a header row, the same bytes on every system."""
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, columns, lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows)


def convert(source: Path, target: Path) -> dict[str, int]:
    """Write the four files of one instance; return how many rows each has."""
    instance = read(source)
    tables: dict[str, tuple[tuple[str, ...], list[dict[str, object]]]] = {
        "technicians.csv": (
            ("external_key", "name", "login", "role", "groups", "activity_types"),
            technician_rows(instance),
        ),
        "activity_types.csv": (
            ("key", "macro_type", "schedulable", "expected_minutes"),
            activity_type_rows(instance),
        ),
        "calls.csv": (
            (
                "external_key",
                "type",
                "activity_type",
                "expected_minutes",
                "priority",
                "status",
                "technicians_needed",
                "description",
            ),
            call_rows(instance),
        ),
        "absences.csv": (("technician", "day_offset", "reason"), absence_rows(instance)),
    }
    try:
        target.mkdir(parents=True, exist_ok=True)
        for name, (columns, rows) in tables.items():
            write_csv(target / name, columns, rows)
    except OSError as error:
        raise BadInstance(f"{target}: cannot be written ({error.strerror}).") from None
    return {name: len(rows) for name, (_, rows) in tables.items()}


def main(arguments: Sequence[str]) -> int:
    """Run the command; 0 when all files were written, 1 with one sentence when not."""
    if len(arguments) != 2:
        sys.stderr.write("Usage: python resources/demo/convert_roadef.py INSTANCE_DIR OUT_DIR\n")
        return 1
    try:
        counts = convert(Path(arguments[0]), Path(arguments[1]))
    except BadInstance as error:
        sys.stderr.write(f"{error}\n")
        return 1
    for name, count in counts.items():
        sys.stdout.write(f"{name}: {count}\n")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
