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


def lines(name: str) -> list[list[str]]:
    """The words of every line that is no remark."""
    text = (HERE / name).read_text("utf-8")
    return [words for line in text.splitlines() if (words := line.partition("#")[0].split())]


def read() -> Expected:
    """Both files."""
    found = Expected()
    for table, verb, *said in lines("matrix.txt"):
        found.tables.add(table)
        if verb == "columns":
            for role in said[0].split(","):
                found.columns[table, role] = frozenset(said[1:])
        elif verb != "nobody":
            assert len(said) == len(ROLES), f"{table} {verb}: {said}"
            found.cells[table, verb] = dict(zip(ROLES, said, strict=True))
    for function, *roles in lines("functions.txt"):
        every = ROLES if roles == ["everybody"] else () if roles == ["nobody"] else tuple(roles)
        found.functions[function] = frozenset(every)
    return found


def line(table: str, verb: str, row: dict[str, str]) -> str:
    """A line of the matrix."""
    return (f"{table:<23} {verb:<7} " + "".join(f"{row[role]:<7}" for role in ROLES)).rstrip()
