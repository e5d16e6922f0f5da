"""The furnished server all these tests share: none of them leaves a trace in it."""

from collections.abc import Iterator

import pytest

from tests.security.furnish import Office, furnished


@pytest.fixture(scope="session")
def office(postgres_server: str) -> Iterator[Office]:
    """A server with log-ins of every role, and a row of each class in every table."""
    with furnished(postgres_server, "t_office") as made:
        yield made


def pytest_addoption(parser: pytest.Parser) -> None:
    """`make golden` asks for it."""
    parser.addoption("--write-golden", action="store_true", help="write tests/security/golden.json as the server is")
