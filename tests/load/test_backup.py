"""A single seat's file under a thousand sudden deaths, backed up again and again meanwhile."""

import sys
from contextlib import closing
from pathlib import Path

import pytest
from sqlalchemy import select

from app.adapters.backup import of_file
from app.db.database import Database
from app.models.places import Site
from tests.kit.writer import acknowledged, nursery

pytestmark = [pytest.mark.soak, pytest.mark.timeout(3600)]
DEATHS = 1000


@pytest.mark.row("F4")
def test_a_thousand_times_killed_nothing_acknowledged_is_lost(
    sqlite_url: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    live = tmp_path / "callboard.sqlite"
    with nursery() as born:
        for seed in range(DEATHS):
            born.run_writer(live, seed)
            assert of_file.is_sound(live, thorough=True), f"after death {seed}"
            if not seed % 50:
                backup = of_file.back_up(live, tmp_path / "backup.sqlite")
                assert of_file.tables(backup) == of_file.tables(live)
    told = acknowledged(live)
    with closing(Database(sqlite_url)) as database, database.reading() as session:
        found = set(session.scalars(select(Site.name)))
    assert len(told) >= DEATHS
    assert told <= found
    with capsys.disabled():
        sys.stdout.write(f"\n{DEATHS} deaths: the file sound after each; {len(told)} rows acknowledged, 0 lost\n")
