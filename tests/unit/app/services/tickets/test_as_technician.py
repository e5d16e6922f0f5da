"""The worker's day by a technician's own log-in: what the lists and the update window need, the grants give."""

import pytest

from app.services.company.profile import set_up
from app.services.company.rows import CompanyDraft
from app.services.demo.loading import load_demo
from app.services.people.logins import set_password
from app.services.people.users import list_users
from app.services.tickets import home, reminders, task_list, tasks, updating
from app.services.tickets.advancing import Update
from app.services.tickets.layouts import TASK, load_layout
from app.services.tickets.offering import offer
from app.services.tickets.projects import list_projects
from app.services.tickets.reminders import ReminderDraft
from app.services.tickets.task_rows import Scope, TaskFilter
from app.services.tickets.tasks import NewTask
from app.services.tickets.why import why
from tests.kit.factory import at
from tests.kit.servers import PASSWORD, Server


@pytest.mark.row("R-F19", "R-T35")
def test_a_technician_works_his_tasks_through_the_grants_of_his_role(server: Server) -> None:
    with server.as_administrator() as backend:
        backend.execute(set_up, CompanyDraft("Bridge", "IL", "Asia/Jerusalem", "en"))
        backend.execute(load_demo, "en")
        levi = next(row for row in backend.execute(list_users) if row.role_code == "technician")
        backend.execute(set_password, levi.id, PASSWORD)
        levi = next(row for row in backend.execute(list_users) if row.id == levi.id)
        given = backend.execute(tasks.create, NewTask(title="Pump", user_id=levi.id))
    assert levi.db_role is not None
    with server.as_user(levi.db_role) as backend:
        backend.actor = levi.id
        assert "Pump" in [row.title for row in backend.execute(home.tasks).rows]
        for scope in Scope:
            backend.execute(task_list.page, TaskFilter(scope))
        for part in (home.visits, home.changes, home.counts, home.held, task_list.lists, list_projects):
            backend.execute(part)
        backend.execute(load_layout, TASK)
        backend.execute(reminders.add, ReminderDraft(at(1), "Call", task_id=given.task_id))
        row = backend.execute(reminders.mine)[0]
        backend.execute(reminders.finish, row.id, row.version)
        version = backend.execute(offer, given.task_id).task.version
        done = backend.execute(updating.update, given.task_id, version, Update(note="Called"), minutes=15)
        done = backend.execute(updating.update, given.task_id, done.version, Update(closes=True))
        assert done.is_closed
        assert [step.note for step in backend.execute(why, given.task_id)] == ["", "Called", ""]
