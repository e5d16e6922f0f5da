"""The settings of a stage as they followed each other, on both engines."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from sqlalchemy import func, select

from app.backend import Backend
from app.db.database import Database
from app.domain.errors import Refused
from app.domain.processes.flow import ProcessDraft, StageDraft
from app.models.company import Company
from app.models.points import StagePoints
from app.services.points.history import SettingRow, settings_of
from app.services.processes.flow_saving import save_process
from app.services.processes.flows import load_process
from tests.kit.factory import add_user
from tests.kit.points_factory import LONG_AGO

NOW = datetime(2026, 11, 20, 9, 0, tzinfo=UTC)


class Office:
    """Boss draws a process of two stages; the clock is set by hand."""

    def __init__(self, database: Database) -> None:
        with database.transaction() as session:
            session.add(Company(id=1, name="A", country="IL", time_zone="Asia/Jerusalem", language="he"))
            self.boss, dana = add_user(session, "Boss", "administrator").id, add_user(session, "Dana", "agent").id
        self.moment = NOW
        self.database = database
        self.backend = Backend(database, actor=self.boss, clock=lambda: self.moment)
        self.dana = Backend(database, actor=dana)
        stages = (StageDraft(-1, "Held", is_intake=True, next=(-2,)), StageDraft(-2, "Done", is_final=True))
        saved = self.backend.execute(save_process, ProcessDraft("Meetings", stages))
        self.process, self.held = saved.id, saved.stage_ids[0]

    def set(self, **values: Any) -> None:
        """Save the first stage with other points."""
        read = self.backend.execute(load_process, self.process)
        first, *others = read.draft.stages
        stages = (replace(first, **values), *others)
        self.backend.execute(save_process, replace(read.draft, stages=stages), read.version)

    def history(self) -> tuple[SettingRow, ...]:
        """The settings of the first stage."""
        return self.backend.execute(settings_of, self.held)


@pytest.fixture
def office(database: Database) -> Office:
    """An office that has just drawn its process."""
    return Office(database)


@pytest.mark.row("R-P3", "R-P7", "R-P9", "U47")
def test_every_setting_is_kept_with_its_moment_and_its_writer(office: Office) -> None:
    assert office.history() == ()
    office.set(customer_points=Decimal("2.5"), worker_points=Decimal(1))
    office.moment += timedelta(days=1)
    office.set(name="Meeting held")  # other changes of the stage are no setting
    office.set(customer_points=Decimal(-100), is_redemption=True, may_go_below=True)
    office.set(customer_points=Decimal(0), worker_points=Decimal(0), is_redemption=False, may_go_below=False)
    now, then, first = office.history()
    assert [each.by for each in (now, then, first)] == ["Boss"] * 3
    assert (now.customer_points, now.worker_points, now.is_redemption) == (Decimal(0), Decimal(0), False)
    assert (then.customer_points, then.is_redemption, then.may_go_below) == (Decimal(-100), True, True)
    assert (first.customer_points, first.worker_points, first.scores_every_time) == (Decimal("2.5"), Decimal(1), False)
    assert (first.since, then.since, now.since) == (NOW, NOW + timedelta(days=1), NOW + timedelta(days=1))
    assert f"{first.since:%H:%M}" == "11:00"  # in Israel


@pytest.mark.row("R-P7")
def test_what_came_with_the_program_has_no_writer_and_others_may_not_look(office: Office) -> None:
    with office.database.transaction() as session:
        session.add(StagePoints(stage_id=office.held, valid_from=LONG_AGO, worker_points=Decimal("0.0001")))
    row = office.history()[0]
    assert (row.by, row.since, row.worker_points) == (None, LONG_AGO, Decimal("0.0001"))
    with pytest.raises(Refused) as refused:
        office.dana.execute(settings_of, office.held)
    assert refused.value.code == "FORBIDDEN"


@pytest.mark.row("R-P4")
def test_what_no_ledger_could_hold_is_refused_by_the_name_of_the_stage(office: Office) -> None:
    for value in ("1000000000000", "0.000000001", "NaN", "-Infinity"):
        for field in ("customer_points", "worker_points"):
            with pytest.raises(Refused) as refused:
                office.set(**{field: Decimal(value), "is_redemption": field == "customer_points"})
            assert (refused.value.code, refused.value.what.fields) == ("POINTS", {"stage": "Held"})
    with office.database.reading() as session:
        assert session.scalar(select(func.count()).select_from(StagePoints)) == 0
