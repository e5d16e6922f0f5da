"""Stand-ins for the kit's tests."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest

from app import i18n
from ui.kit.tasks import Tasks


class Plain:
    """Runs a service without any database."""

    def execute(self, service: Callable[..., Any], /, *args: Any, **kwargs: Any) -> Any:
        """Call it with no session."""
        return service(None, *args, **kwargs)


@pytest.fixture
def tasks(qapp: object) -> Iterator[Tasks]:
    """Background work, ended after the test."""
    made = Tasks(Plain())
    yield made
    made.close()


@pytest.fixture(autouse=True)
def english() -> Iterator[None]:
    """Every test begins and ends in English."""
    i18n.use("en")
    yield
    i18n.use("en")
