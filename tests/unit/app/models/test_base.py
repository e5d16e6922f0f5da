"""What every mapped class shares."""

import re
import sys
from collections.abc import Iterator
from pathlib import Path
from threading import Barrier, Thread

import pytest
from sqlalchemy import select

from app.models.base import alias_of
from app.models.people import User


@pytest.fixture
def impatient() -> Iterator[None]:
    """Threads that take turns at once."""
    before = sys.getswitchinterval()
    sys.setswitchinterval(1e-6)
    yield
    sys.setswitchinterval(before)


@pytest.mark.usefixtures("impatient")
def test_an_alias_means_itself_whichever_thread_comes_first() -> None:
    said: list[str] = []
    for _each in range(40):
        handler, together = alias_of(User), Barrier(4)

        def ask(handler: type[User] = handler, together: Barrier = together) -> None:
            together.wait(60)
            said.append(str(select(User.id, handler.name, handler.is_active).outerjoin(handler, handler.id == User.id)))

        threads = [Thread(target=ask) for _each in range(4)]
        for each in threads:
            each.start()
        for each in threads:
            each.join()
    assert len(said) == 160
    assert len(set(said)) == 1


def test_no_module_makes_its_alias_otherwise() -> None:
    modules = Path(sys.modules[User.__module__].__file__ or "").parents[1].rglob("*.py")
    made = re.compile(r"^\w+(: [^=]+)? = .*(\baliased\(|\.alias\()", re.MULTILINE)
    assert [path.name for path in modules if made.search(path.read_text("utf-8"))] == []
