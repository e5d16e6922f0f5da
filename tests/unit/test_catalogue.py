"""The catalogue: every text of app and ui in Hebrew, Italian and English, with the same fields and real plurals."""

import ast
import string
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest
from babel.messages.catalog import Catalog, Message
from babel.messages.extract import extract_from_dir
from babel.messages.pofile import read_po

from app.i18n import CATALOGUES

ROOT = Path(__file__).resolve().parents[2]
KEYWORDS = {"_": None, "_n": (1, 2), "N_": None, "message": None, "counted": (1, 2), "plural": (2, 3)}
LANGUAGES = ("he", "it")
FORMS = {"_n": 0, "counted": 0, "plural": 1}
"""Where the two forms stand among the arguments."""


@cache
def texts() -> dict[str, str | tuple[str, ...]]:
    """Every text the program can say, by its singular, with where it stands."""
    found: dict[str, str | tuple[str, ...]] = {}
    for package in ("app", "ui"):
        for _file, _line, text, _comments, _context in extract_from_dir(
            str(ROOT / package), method_map=[("**.py", "python")], keywords=KEYWORDS
        ):
            key = text if isinstance(text, str) else text[0]
            found[key] = text if isinstance(text, str) else tuple(text)
    return found


@cache
def catalogue(language: str) -> Catalog:
    """The translated texts of a language."""
    with (CATALOGUES / f"{language}.po").open("rb") as file:
        return read_po(file, locale=language)


def fields(text: str) -> set[str]:
    """The names of the `{fields}` of a text."""
    return {name for _text, name, _format, _conversion in string.Formatter().parse(text) if name is not None}


def fields_agree(text: str | tuple[str, ...], form: str) -> bool:
    """Whether a form names the fields of its text; a singular or dual may say its number in words."""
    if isinstance(text, str):
        return fields(form) == fields(text)
    return fields(form) <= set().union(*(fields(each) for each in text))


def forms(message: Message) -> Iterator[str]:
    """Each form of a translation."""
    yield from (message.string,) if isinstance(message.string, str) else message.string or ()


@pytest.mark.row("R-X2", "F6")
@pytest.mark.parametrize("language", LANGUAGES)
def test_every_text_is_translated(language: str) -> None:
    known = catalogue(language)
    missing = [
        key for key in texts() if (found := known.get(key)) is None or not all(form.strip() for form in forms(found))
    ]
    assert not missing, f"{len(missing)} texts without {language}: {missing[:20]}"


@pytest.mark.row("R-X2")
@pytest.mark.parametrize("language", LANGUAGES)
def test_plurals_have_all_their_forms(language: str) -> None:
    known = catalogue(language)
    wrong = [
        key
        for key, text in texts().items()
        if isinstance(text, tuple)
        and ((found := known.get(key)) is None or len(tuple(forms(found))) != known.num_plurals)
    ]
    assert not wrong, wrong


@pytest.mark.row("R-X2")
@pytest.mark.parametrize("language", LANGUAGES)
def test_translations_name_the_same_fields(language: str) -> None:
    wrong = [
        (key, form)
        for key, text in texts().items()
        if (found := catalogue(language).get(key)) is not None
        for form in forms(found)
        if not fields_agree(text, form)
    ]
    assert not wrong, wrong


@pytest.mark.row("R-X2")
@pytest.mark.parametrize("language", LANGUAGES)
def test_the_catalogue_holds_nothing_the_program_does_not_say(language: str) -> None:
    stale = [
        message.id
        for message in catalogue(language)
        if message.id and (message.id if isinstance(message.id, str) else message.id[0]) not in texts()
    ]
    assert not stale, stale


def test_a_plural_reaches_the_catalogue_as_a_pair() -> None:
    """`counted(N_(...), N_(...), n)` would be two texts in the catalogue and English on the screen."""
    machinery = {ROOT / "app" / "i18n.py", ROOT / "app" / "domain" / "words.py", ROOT / "ui" / "kit" / "translate.py"}
    apart = [
        f"{path.relative_to(ROOT)}:{call.lineno}"
        for package in ("app", "ui")
        for path in (ROOT / package).rglob("*.py")
        if path not in machinery
        for call in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(call, ast.Call) and (first := FORMS.get(named(call))) is not None
        if not all(isinstance(each, ast.Constant) for each in call.args[first : first + 2])
    ]
    assert not apart, apart


def named(call: ast.Call) -> str:
    """What a call calls, without what it belongs to."""
    return getattr(call.func, "id", getattr(call.func, "attr", ""))


def test_there_is_something_to_translate() -> None:
    assert len(texts()) > 100
