"""Processes saved as they are drawn, on both engines."""

from dataclasses import replace
from decimal import Decimal
from threading import Thread

import pytest

from app.backend import Backend
from app.db.database import Database
from app.domain.errors import Conflict, NotFound, Refused
from app.domain.processes.flow import ProcessDraft, StageDraft, problems, skeleton
from app.i18n import say
from app.models.mail import MailTemplate
from app.models.processes import StageOpening
from app.models.tickets import Task, TaskStep, TicketType
from app.services.processes.flow_saving import SavedProcess, delete_process, save_process, set_active
from app.services.processes.flows import LoadedProcess, list_processes, load_process, offered
from app.services.processes.profiles import delete_profile, save_profile, set_user_profiles
from app.services.tickets.tasks import NewTask, create
from tests.kit.factory import add_user, at


@pytest.fixture
def backend(database: Database) -> Backend:
    """The owner's."""
    return Backend(database)


REQUESTS = ProcessDraft(
    "Requests",
    (
        StageDraft(-1, "In", is_intake=True, due_hours=8, next=(-2, -3)),
        StageDraft(-2, "Quote", next=(-3, -1), customer_points=Decimal("1.2345"), worker_points=Decimal("-0.5")),
        StageDraft(-3, "Done", is_final=True, scores_every_time=True),
    ),
    "From the web site",
)


def save(backend: Backend, draft: ProcessDraft = REQUESTS, version: int = 0) -> LoadedProcess:
    """Write a draft and read it back."""
    saved = backend.execute(save_process, draft, version)
    return backend.execute(load_process, saved.id)


def changed(draft: ProcessDraft, place: int, **values: object) -> ProcessDraft:
    """The draft with one stage changed."""
    stages = list(draft.stages)
    stages[place] = replace(stages[place], **values)  # type: ignore[arg-type]
    return replace(draft, stages=tuple(stages))


def stand(database: Database, stage_id: int, *, closed: bool = False) -> int:
    """A task at a stage."""
    with database.transaction() as session:
        user = add_user(session, "Dana")
        task = Task(stage_id=stage_id, user_id=user.id, opened_at=at(0), closed_at=at(1) if closed else None)
        session.add(task)
        session.flush()
        return task.id


@pytest.mark.row("R-F2", "R-F20", "R-F21")
def test_a_process_comes_back_as_it_was_drawn(backend: Backend, database: Database) -> None:
    with database.transaction() as session:
        mail = MailTemplate(name="Quote is ready", event="stage", recipient="customer")
        session.add_all([mail, MailTemplate(name="Thanks", event="ticket_opened", recipient="customer")])
        session.flush()
        mail_id = mail.id
    sales = backend.execute(save_profile, "Sales", "worker")
    read = save(backend, changed(REQUESTS, 1, profile_id=sales.id, mail_template_id=mail_id))
    start, quote, done = read.draft.stages
    assert (read.draft.name, read.draft.description, read.draft.is_active) == ("Requests", "From the web site", True)
    assert [(stage.name, stage.is_intake, stage.is_final, stage.due_hours) for stage in read.draft.stages] == [
        ("In", True, False, 8),
        ("Quote", False, False, None),
        ("Done", False, True, None),
    ]
    assert (start.next, quote.next, done.next) == ((quote.key, done.key), (done.key, start.key), ())
    assert (quote.customer_points, quote.worker_points) == (Decimal("1.2345"), Decimal("-0.5"))
    assert (quote.profile_id, quote.mail_template_id, done.scores_every_time) == (sales.id, mail_id, True)
    assert save(backend, read.draft, read.version).draft == read.draft
    offer = backend.execute(offered)
    assert [template.name for template in offer.templates] == ["Quote is ready"]
    assert [(stage.process, stage.name) for stage in offer.stages] == [
        ("Requests", "In"), ("Requests", "Quote"), ("Requests", "Done"),
    ]  # fmt: skip
    with pytest.raises(Refused):
        backend.execute(delete_profile, sales.id, sales.version)


def test_stages_are_kept_by_their_id_whatever_becomes_of_them(backend: Backend) -> None:
    read = save(backend)
    start, quote, done = read.draft.stages
    drawn = replace(
        read.draft,
        name="Orders",
        stages=(
            replace(quote, name="In", is_intake=True, next=(-7,)),
            StageDraft(-7, "Check", next=(done.key, start.key)),
            replace(start, name="Quote", is_intake=False, due_hours=None, next=(done.key,)),
            done,
        ),
    )
    again = save(backend, drawn, read.version)
    assert [(stage.key, stage.name) for stage in again.draft.stages if stage.name != "Check"] == [
        (quote.key, "In"),
        (start.key, "Quote"),
        (done.key, "Done"),
    ]
    check = again.draft.stages[1]
    assert (check.name, check.next) == ("Check", (done.key, start.key))
    assert again.draft.stages[0].next == (check.key,)


@pytest.mark.parametrize("only_stages", [True, False])
def test_the_second_of_two_who_save_is_told(backend: Backend, only_stages: bool) -> None:
    read = save(backend)
    theirs = changed(read.draft, 1, name="Offer") if only_stages else replace(read.draft, description="Theirs")
    save(backend, theirs, read.version)
    with pytest.raises(Conflict):
        backend.execute(save_process, replace(read.draft, description="Mine"), read.version)
    assert backend.execute(load_process, read.id).draft == theirs


def test_a_stage_with_tasks_on_it_stays_and_is_named(backend: Backend, database: Database) -> None:
    read = save(backend)
    start, quote, done = read.draft.stages
    stand(database, quote.key)
    stand(database, quote.key)
    without = replace(read.draft, stages=(replace(start, next=(done.key,)), done))
    with pytest.raises(Refused) as refusal:
        backend.execute(save_process, without, read.version)
    assert say(refusal.value.what) == "2 tasks stand on “Quote”."
    assert backend.execute(load_process, read.id) == replace(read, standing=((quote.key, 2),))
    with pytest.raises(Refused):
        backend.execute(delete_process, read.id, read.version)
    assert [(row.stages, row.open_tasks) for row in backend.execute(list_processes)] == [(3, 2)]


def test_a_stage_with_a_past_stays(backend: Backend, database: Database) -> None:
    read = save(backend)
    start, quote, done = read.draft.stages
    task = stand(database, done.key, closed=True)
    with database.transaction() as session:
        session.add(TaskStep(task_id=task, at=at(0), from_stage_id=quote.key, to_stage_id=done.key, rule="closed"))
    without = replace(read.draft, stages=(replace(start, next=(done.key,)), done))
    with pytest.raises(Refused) as refusal:
        backend.execute(save_process, without, read.version)
    assert say(refusal.value.what) == "1 task went through “Quote”, so it stays."


def test_a_stage_nothing_knows_of_goes_with_its_ways(backend: Backend) -> None:
    read = save(backend)
    start, _quote, done = read.draft.stages
    without = replace(read.draft, stages=(replace(start, next=(done.key,)), done))
    assert save(backend, without, read.version).draft == without
    backend.execute(delete_process, read.id, read.version + 1)
    assert not backend.execute(list_processes)
    with pytest.raises(NotFound):
        backend.execute(load_process, read.id)


def test_linked_tasks_never_open_each_other_without_end(backend: Backend, database: Database) -> None:
    first = save(backend)
    goods = save(backend, changed(replace(REQUESTS, name="Goods"), 1, opens=(first.draft.stages[1].key,)))
    drawn = changed(first.draft, 1, opens=(goods.draft.stages[1].key,))
    with pytest.raises(Refused) as refusal:
        backend.execute(save_process, drawn, first.version)
    assert refusal.value.code == "LOOP"
    assert say(refusal.value.what) == ("“Quote” → “Goods: Quote” → “Quote” would open each other's tasks without end.")
    with pytest.raises(Refused) as refusal, database.transaction() as session:
        session.add(StageOpening(stage_id=first.draft.stages[1].key, opens_stage_id=goods.draft.stages[1].key))
    assert refusal.value.code == "LOOP"
    # The stage where others open tasks is theirs too.
    start, _quote, done = first.draft.stages
    without = replace(first.draft, stages=(replace(start, next=(done.key,)), done))
    with pytest.raises(Refused) as refusal:
        backend.execute(save_process, without, first.version)
    assert say(refusal.value.what) == "“Quote” gets tasks from Goods: Quote."
    # Turning an opening around is no loop: the old one is gone before the new one comes.
    both = changed(first.draft, 1, opens=(first.draft.stages[2].key,))
    read = save(backend, both, first.version)
    turned = changed(changed(read.draft, 1, opens=()), 2, opens=(read.draft.stages[1].key,))
    assert save(backend, turned, read.version).draft == turned


def test_what_cannot_be_saved_leaves_everything_as_it_was(backend: Backend) -> None:
    read = save(backend)
    for wrong in (
        changed(read.draft, 0, next=()),
        changed(read.draft, 0, profile_id=404),
        changed(read.draft, 0, mail_template_id=404),
        changed(read.draft, 0, worker_points=Decimal("0.00001")),
        changed(read.draft, 0, worker_points=Decimal(10) ** 12),
        replace(read.draft, name=" "),
        replace(read.draft, stages=(*read.draft.stages, StageDraft(88_888, "Foreign", next=read.draft.stages[0].next))),
    ):
        with pytest.raises(Refused):
            backend.execute(save_process, wrong, read.version)
    with pytest.raises(Refused) as refusal:
        backend.execute(save_process, replace(REQUESTS, name="requests"))
    assert refusal.value.code == "TAKEN"
    assert backend.execute(load_process, read.id) == read


def test_a_process_goes_out_of_use_and_back(backend: Backend, database: Database) -> None:
    read = save(backend, skeleton("Requests", "Intake", "Done"))
    assert not problems(read.draft)
    off = backend.execute(set_active, read.id, read.version, is_active=False)
    assert isinstance(off, SavedProcess)
    assert [row.is_active for row in backend.execute(list_processes)] == [False]
    with pytest.raises(Conflict):
        backend.execute(set_active, read.id, read.version, is_active=True)
    with database.transaction() as session:
        session.add(TicketType(name="Boiler", process_id=read.id))
    with pytest.raises(Refused) as refusal:
        backend.execute(delete_process, read.id, off.version)
    assert say(refusal.value.what) == "Tickets of these types begin it: Boiler."


def test_only_an_administrator_shapes_processes(backend: Backend, database: Database) -> None:
    with database.transaction() as session:
        agent = add_user(session, "Dana", "agent").id
    read = save(backend)
    theirs = backend.acting_as(agent)
    for call in (
        lambda: theirs.execute(save_process, read.draft, read.version),
        lambda: theirs.execute(set_active, read.id, read.version, is_active=False),
        lambda: theirs.execute(delete_process, read.id, read.version),
        lambda: theirs.execute(set_user_profiles, agent, []),
    ):
        with pytest.raises(Refused) as refusal:
            call()
        assert refusal.value.code == "FORBIDDEN"


@pytest.mark.row("R-F17", "R-F18")
def test_what_waited_goes_to_who_comes_in(backend: Backend, database: Database) -> None:
    with database.transaction() as session:
        boss, dana, avi = (add_user(session, *who).id for who in (("Boss", "administrator"), ("Dana",), ("Avi",)))
    sales, service = (backend.execute(save_profile, name, "worker").id for name in ("Sales", "Service"))
    backend.execute(set_user_profiles, avi, [service])
    read = save(backend, changed(REQUESTS, 0, profile_id=sales))
    by_boss = backend.acting_as(boss)
    first, second = (by_boss.execute(create, NewTask(title), process_id=read.id) for title in ("One", "Two"))
    assert (first.user_id, second.user_id) == (boss, boss)
    backend.execute(set_user_profiles, dana, [sales])
    assert holders_of(database, first.task_id, second.task_id) == [dana, dana]
    third = by_boss.execute(create, NewTask("Three"), process_id=read.id)
    assert third.user_id == dana
    # A stage that changes its profile lets in others: what nobody held before is not left lying.
    backend.execute(set_user_profiles, dana, [])
    fourth = by_boss.execute(create, NewTask("Four"), process_id=read.id)
    assert fourth.user_id == boss
    backend.execute(save_process, changed(read.draft, 0, profile_id=service), read.version)
    assert holders_of(database, third.task_id, fourth.task_id) == [dana, avi]


@pytest.mark.row("R-F17", "R-X1")
def test_nobody_comes_in_between_a_choice_and_what_it_leaves(backend: Backend, database: Database) -> None:
    with database.transaction() as session:
        boss, dana = (add_user(session, *who).id for who in (("Boss", "administrator"), ("Dana",)))
    sales = backend.execute(save_profile, "Sales", "worker").id
    read = save(backend, changed(REQUESTS, 0, profile_id=sales))
    coming = Thread(target=backend.execute, args=(set_user_profiles, dana, [sales]))
    with database.transaction(**backend.acting_as(boss).info()) as session:
        opened = create(session, NewTask("One"), process_id=read.id)
        assert opened.user_id == boss
        coming.start()
        coming.join(0.3)
        # Whoever comes in waits for the choice that was made without him, and then takes what it left.
        assert coming.is_alive()
    coming.join(60)
    assert holders_of(database, opened.task_id) == [dana]


def holders_of(database: Database, *task_ids: int) -> list[int | None]:
    """Who has these tasks now."""
    with database.reading() as session:
        return [session.get_one(Task, task_id).user_id for task_id in task_ids]
