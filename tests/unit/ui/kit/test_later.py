"""Modules that come in at their first use."""

import sys
from collections.abc import Iterator
from importlib import import_module
from pathlib import Path

import pytest

from ui.kit.later import put_off


@pytest.fixture
def slow(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """A package `slowly` with a module `slowly.inner`, neither imported."""
    folder = tmp_path / "slowly"
    folder.mkdir()
    (folder / "__init__.py").write_text("")
    (folder / "inner.py").write_text("VALUE = 3\ndef double(number):\n    return number * 2\n")
    monkeypatch.syspath_prepend(tmp_path)
    yield
    for name in [each for each in sys.modules if each.split(".")[0] == "slowly"]:
        del sys.modules[name]


def is_there() -> bool:
    return getattr(sys.modules["slowly.inner"], "__file__", None) is not None


@pytest.mark.usefixtures("slow")
def test_it_is_imported_when_something_of_it_is_used():
    put_off("slowly.inner", "double")
    slowly = import_module("slowly")
    double = slowly.inner.double
    assert not hasattr(slowly.inner, "__warningregistry__")
    assert not is_there()
    assert double(4) == 8
    assert is_there()
    assert slowly.inner.VALUE == 3


@pytest.mark.usefixtures("slow")
def test_who_took_it_before_finds_everything_in_it():
    put_off("slowly.inner")
    standing = import_module("slowly.inner")
    assert standing.VALUE == 3
    assert standing.double is import_module("slowly.inner").double
    with pytest.raises(AttributeError):
        _missing = standing.missing


@pytest.mark.usefixtures("slow")
def test_what_is_there_already_stays():
    there = import_module("slowly.inner")
    put_off("slowly.inner")
    assert sys.modules["slowly.inner"] is there
