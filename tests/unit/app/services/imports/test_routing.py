"""Calls that are imported go through the same routing as any other enquiry."""

from collections.abc import Callable

import pytest
from sqlalchemy import func, select

from app.db.database import Database
from app.domain.imports.fields import Kind
from app.models.mail import MailTemplate, OutboxMessage
from app.models.people import User
from app.models.tickets import Task, TaskStep, Ticket, TicketType
from app.services.imports.report import Report
from tests.kit.factory import add_process, add_profile, add_user

Import = Callable[..., Report]


@pytest.mark.row("U4", "R-F11", "Q14")
def test_calls_of_a_type_with_a_process_are_handed_over_without_a_mail_for_each(
    import_lines: Import, company: Database
) -> None:
    with company.transaction() as session:
        people = [add_user(session, name, "agent", email=f"{name}@example.org") for name in ("Dana", "Avi")]
        service = add_profile(session, "Service", *people)
        stages = add_process(session, "Enquiry", Intake=service, Done=None)
        session.add(TicketType(name="Enquiry", process_id=stages["Intake"].process_id))
        texts = {"en": {"subject": "New", "body": "New"}}
        session.add(MailTemplate(name="New", event="task_given", recipient="handler", texts=texts))
    lines = [f"{number},Enquiry,Line {number}" for number in range(4)]
    assert import_lines(Kind.CALLS, "key,type,subject", *lines).added == 4
    with company.reading() as session:
        held = session.execute(select(User.name, func.count()).join(Task, Task.user_id == User.id).group_by(User.name))
        assert {row[0]: row[1] for row in held} == {"Dana": 2, "Avi": 2}
        assert session.scalar(select(func.count()).select_from(TaskStep)) == 4
        assert session.scalars(select(Ticket).where(Ticket.external_key == "0")).one().handler_id is not None
        assert session.scalar(select(func.count()).select_from(OutboxMessage)) == 0
    assert import_lines(Kind.CALLS, "key,type,subject", *lines).added == 0
