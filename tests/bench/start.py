"""From the command to the first painted planner, with 100,000 customers and 10,000 visits, beside a bare window."""

import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path

from sqlalchemy import insert, select, text

from app.db import schema
from app.db.database import Database
from app.models.company import Company
from app.models.customers import Customer
from app.models.people import Group, GroupMember, Role, User
from app.models.planner import Presence, Visit
from tests.bench.results import Result

ROUNDS = 11
CUSTOMERS = 100_000
TECHNICIANS = 50
DAYS = 25
VISITS_A_DAY = 8
LIMIT = 6
MEMORY_LIMIT = 200


def run() -> Iterator[Result]:
    """Interleaved starts; medians."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        url = f"sqlite:///{folder / 'callboard.sqlite'}"
        _fill(url)
        _remember(folder, url)
        ours, bare, memory = [], [], []
        _spawn(folder, "bare")
        _spawn(folder, "window", url)
        for _round in range(ROUNDS):
            bare.append(_spawn(folder, "bare")[0])
            spent, resident = _spawn(folder, "window", url)
            ours.append(spent)
            memory.append(resident)
    value, baseline = statistics.median(ours) * 1000, statistics.median(bare) * 1000
    yield Result("start.window", value, "ms", baseline, value / baseline)
    used = statistics.median(memory)
    yield Result("start.memory", used, "MB", MEMORY_LIMIT, used / MEMORY_LIMIT)


def _spawn(folder: Path, *what: str) -> tuple[float, float]:
    environment = os.environ | {"CALLBOARD_DATA": str(folder), "QT_QPA_PLATFORM": "offscreen"}
    # Compiled modules are kept, as they are for everybody who starts the program a second time.
    environment.pop("PYTHONDONTWRITEBYTECODE", None)
    environment["PYTHONPYCACHEPREFIX"] = str(folder / "compiled")
    started = time.monotonic()
    done = subprocess.run(
        [sys.executable, "-m", "tests.bench.start_probe", *what],
        env=environment,
        stdout=subprocess.PIPE,
        text=True,
        timeout=60,
        check=True,
    )
    painted, resident = done.stdout.split()[-2:]
    return float(painted) - started, float(resident)


def _remember(folder: Path, url: str) -> None:
    from app.bootstrap import shown_url
    from app.settings import Settings

    settings = Settings(folder / "settings.json")
    settings.stay(shown_url(url), "dana")
    assert json.loads((folder / "settings.json").read_text())


def _fill(url: str) -> None:
    with closing(Database(url)) as database:
        schema.upgrade(database)
        with database.transaction() as session:
            session.add(Company(id=1, name="Bench", country="IT", time_zone="Europe/Rome", language="en"))
            session.execute(
                insert(Customer),
                [{"name": f"Customer {n}", "search": f"customer {n} 03{n:07d}"} for n in range(CUSTOMERS)],
            )
            role = dict(session.execute(select(Role.code, Role.id)).tuples().all())
            session.add(User(login="dana", name="Dana", role_id=role["administrator"]))
            group = Group(name="Technicians")
            session.add(group)
            people = [
                User(login=f"t{n}", name=f"Technician {n}", role_id=role["technician"]) for n in range(TECHNICIANS)
            ]
            session.add_all(people)
            session.flush()
            session.add_all(GroupMember(group_id=group.id, user_id=user.id) for user in people)
            today = datetime.now(UTC).replace(hour=7, minute=0, second=0, microsecond=0)
            days = [today + timedelta(days=number - 5) for number in range(DAYS)]
            ids = [user.id for user in people]
            session.execute(
                insert(Presence),
                [{"user_id": i, "starts_at": d, "ends_at": d + timedelta(hours=9)} for i in ids for d in days],
            )
            session.execute(
                insert(Visit),
                [
                    {
                        "technician_id": i,
                        "title": "Yearly service",
                        "set_at": d,
                        "starts_at": d + timedelta(hours=n),
                        "ends_at": d + timedelta(hours=n, minutes=50),
                    }
                    for i in ids
                    for d in days
                    for n in range(VISITS_A_DAY)
                ],
            )
            session.execute(text("DELETE FROM change_log"))
