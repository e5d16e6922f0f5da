"""House rules that neither ruff nor import-linter can see."""

import ast
import re
import sys
import tomllib
from collections.abc import Iterator
from functools import cache
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
LOCK = ROOT / "requirements.lock"
LONGEST_MODULE = 500


@cache
def modules() -> dict[str, ast.Module]:
    """Every module of app and ui, by its path below the root."""
    found = sorted(path for part in ("app", "ui") for path in (ROOT / part).rglob("*.py"))
    return {str(path.relative_to(ROOT)): ast.parse(path.read_text()) for path in found}


def below(folder: str) -> Iterator[tuple[str, ast.Module]]:
    """The modules of one folder."""
    return ((path, tree) for path, tree in modules().items() if path.startswith(folder))


def imported(tree: ast.Module) -> Iterator[str]:
    """What a module imports, inside functions too."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            yield node.module or ""


def attributes(tree: ast.Module) -> Iterator[tuple[str, int]]:
    """Every `something.name` of a module."""
    return ((node.attr, node.lineno) for node in ast.walk(tree) if isinstance(node, ast.Attribute))


def places(folder: str, names: set[str], but: tuple[str, ...] = ()) -> list[str]:
    """Where one of the names is used as an attribute."""
    return [
        f"{path}:{line} {name}"
        for path, tree in below(folder)
        if not path.startswith(but or "\0")
        for name, line in attributes(tree)
        if name in names
    ]


def test_the_domain_is_the_standard_library_alone():
    allowed = sys.stdlib_module_names
    strange = [
        f"{path}: {name}"
        for path, tree in below("app/domain/")
        for name in imported(tree)
        if name.partition(".")[0] not in allowed and not name.startswith("app.domain")
    ]
    assert strange == []


def test_the_domain_has_no_clock_of_its_own():
    clocks = {"now", "utcnow", "today", "monotonic", "perf_counter", "time_ns"}
    asked = [
        f"{path}:{node.lineno}"
        for path, tree in below("app/domain/")
        for node in ast.walk(tree)
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr in clocks
    ]
    assert asked == []


def test_only_the_database_commits():
    assert places("app/", {"commit", "rollback"}, but=("app/db/",)) == []


def test_nobody_spins_the_event_loop_or_opens_a_message_box():
    assert places("ui/", {"processEvents", "QMessageBox", "QPlainTextEdit", "QDrag"}) == []


def test_no_module_outgrows_its_file():
    long = {path: (ROOT / path).read_text().count("\n") for path in modules()}
    assert [path for path, lines in long.items() if lines > LONGEST_MODULE] == []


def test_every_module_says_what_it_promises():
    assert [path for path, tree in modules().items() if not ast.get_docstring(tree)] == []


def test_the_lock_has_hashes_and_no_address():
    text = LOCK.read_text()
    assert "://" not in text
    entries = re.split(r"\n(?=\S)", text)
    assert [entry for entry in entries if "--hash=sha256:" not in entry] == []


def test_the_lock_holds_every_dependency():
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    wanted = project["dependencies"] + project["optional-dependencies"]["dev"]
    names = {re.split(r"[^\w.-]", line)[0].lower().replace("_", "-") for line in wanted}
    locked = {line.partition("==")[0] for line in LOCK.read_text().splitlines() if "==" in line}
    assert names - locked == set()
