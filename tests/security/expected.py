"""The matrix as people keep it: plain columns of text, read into what tests compare with."""

from dataclasses import dataclass, field
from pathlib import Path

from tests.security.furnish import ROLES

HERE = Path(__file__).parent
NOBODY = dict.fromkeys(ROLES, "-")


@dataclass
class Expected:
    """What each role may do, by table and verb and by function; and which columns, where not all."""

    cells: dict[tuple[str, str], dict[str, str]] = field(default_factory=dict)
    columns: dict[tuple[str, str], frozenset[str]] = field(default_factory=dict)
    functions: dict[str, frozenset[str]] = field(default_factory=dict)
    tables: set[str] = field(default_factory=set)

    def cell(self, table: str, verb: str) -> dict[str, str]:
        """The letters of each role; a line that is not there is nobody's, a lock is as good as a change."""
        if verb == "lock" and (table, "lock") not in self.cells:
            return self.cell(table, "change")
        return self.cells.get((table, verb), NOBODY)

    def bare_cell(self, right: "Expected", table: str, verb: str) -> dict[str, str]:
        """Of what is left without permissions, when this is that: seen is what is seen otherwise, unless it says so."""
        if verb == "see" and (table, verb) not in self.cells:
            return right.cell(table, verb)
        return self.cell(table, verb)


def lines(name: str) -> list[list[str]]:
    """The words of every line that is no remark."""
    text = (HERE / name).read_text("utf-8")
    return [words for line in text.splitlines() if (words := line.partition("#")[0].split())]


def bare() -> Expected:
    """What is left to a role that has lost every permission: the groups' grants, and policies that ask for none."""
    return _read("bare.txt")


def read() -> Expected:
    """What is right, of tables and of functions."""
    found = _read("matrix.txt")
    for function, *roles in lines("functions.txt"):
        every = ROLES if roles == ["everybody"] else () if roles == ["nobody"] else tuple(roles)
        found.functions[function] = frozenset(every)
    return found


def _read(name: str) -> Expected:
    found = Expected()
    for table, verb, *said in lines(name):
        found.tables.add(table)
        if verb == "columns":
            for role in said[0].split(","):
                found.columns[table, role] = frozenset(said[1:])
        elif verb != "nobody":
            assert len(said) == len(ROLES), f"{table} {verb}: {said}"
            found.cells[table, verb] = dict(zip(ROLES, said, strict=True))
    return found


def line(table: str, verb: str, row: dict[str, str]) -> str:
    """A line of the matrix."""
    return (f"{table:<23} {verb:<7} " + "".join(f"{row[role]:<7}" for role in ROLES)).rstrip()
