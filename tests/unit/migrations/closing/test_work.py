"""The steps of tasks, and what a role may change of them, by one's own SQL."""

from typing import Any

import pytest

STEP = """INSERT INTO task_steps (task_id, at, by_id, from_stage_id, to_stage_id, from_user_id, to_user_id, rule)
    VALUES ({{visit}}, '2020-01-01', {{noa}}, {0}, {1}, {2}, {3}, 'by_hand')"""
LAST = """SELECT s.from_stage_id, s.to_stage_id, s.from_user_id, s.to_user_id, s.by_id,
    s.at > now() - interval '1 hour' FROM task_steps AS s WHERE s.task_id = {visit} ORDER BY s.id DESC LIMIT 1"""


@pytest.mark.row("F3", "U21")
@pytest.mark.parametrize(
    "forged",
    [STEP.format("NULL", "{called}", "NULL", "{dana}"), STEP.format("NULL", "{met}", "NULL", "{noa}")],
    ids=["it never came there", "it never went to him"],
)
def test_a_step_that_was_none_is_refused(office: Any, forged: str) -> None:
    for who in ("dana", "mira", "cora"):
        office.refused(who, forged)


@pytest.mark.row("F3", "U21")
def test_a_step_says_from_where_it_came_when_and_by_whom_whatever_it_was_told(office: Any) -> None:
    ids = office.ids
    # What the house had before the first step that names a user is the task's own.
    move = "UPDATE tasks SET stage_id = {called}, user_id = {dana} WHERE id = {visit}"
    with office.by("dana") as session:
        office.run(session, move)
        office.run(session, STEP.format("{called}", "{called}", "{noa}", "{dana}"))
        assert office.run(session, LAST) == (ids["met"], ids["called"], None, ids["dana"], ids["dana"], True)


@pytest.mark.row("F3", "U21")
def test_a_step_has_no_number_of_its_own_choice(office: Any) -> None:
    forged = STEP.replace("(task_id,", "(id, task_id,").replace("({{visit}}", "(-5, {{visit}}")
    with office.by("dana") as session:
        office.run(session, forged.format("NULL", "{met}", "NULL", "{dana}"))
        assert office.run(session, "SELECT min(id) > 0 FROM task_steps") == (True,)


@pytest.mark.row("F3", "U21")
def test_a_task_moved_without_a_word_leaves_its_step_all_the_same(office: Any) -> None:
    ids = office.ids
    loads = "SELECT string_agg(open_tasks::text, ',' ORDER BY user_id) FROM user_loads WHERE user_id IN ({dana}, {noa})"
    with office.by("dana") as session:
        office.run(session, "UPDATE tasks SET user_id = {noa} WHERE id = {visit}")
        office.run(session, "SET CONSTRAINTS ALL IMMEDIATE")
        assert office.run(session, LAST) == (ids["met"], ids["met"], None, ids["noa"], ids["dana"], True)
        assert office.run(session, loads) == ("0,2",)


@pytest.mark.row("F3", "U21")
def test_a_task_moved_with_its_step_has_that_one_only(office: Any) -> None:
    count = "SELECT count(*) FROM task_steps WHERE task_id = {visit}"
    with office.by("dana") as session:
        before = office.run(session, count)[0]
        office.run(session, "UPDATE tasks SET user_id = {noa} WHERE id = {visit}")
        office.run(session, STEP.format("{met}", "{met}", "{dana}", "{noa}"))
        office.run(session, "SET CONSTRAINTS ALL IMMEDIATE")
        assert office.run(session, count)[0] == before + 1


BEYOND = {
    "a ticket's subject": "UPDATE tickets SET subject = 'x' WHERE id = {leak}",
    "a ticket's customer": "UPDATE tickets SET customer_id = {rossi} WHERE id = {leak}",
    "a ticket closed": "UPDATE tickets SET closed_at = now() WHERE id = {leak}",
    "a task's title": "UPDATE tasks SET title = 'x' WHERE id = {visit}",
    "a task's customer": "UPDATE tasks SET customer_id = {rossi} WHERE id = {visit}",
    "when it was opened": "UPDATE tasks SET opened_at = now() WHERE id = {visit}",
}


@pytest.mark.row("F3", "R-X3")
@pytest.mark.parametrize("attack", BEYOND.values(), ids=BEYOND)
def test_who_only_works_on_tasks_edits_no_tickets(office: Any, attack: str) -> None:
    office.refused("cora", attack)
    with office.by("dana") as session:
        assert office.run(session, attack) == 1
    with office.by("cora") as session:
        assert office.run(session, "UPDATE tickets SET handler_id = {cora}, version = version + 1 WHERE id = {leak}")
        assert office.run(session, "UPDATE tasks SET due_at = now() WHERE id = {visit}") == 1


LOADS = {
    "fewer tasks in hand": "UPDATE user_loads SET open_tasks = 0 WHERE user_id = {dana}",
    "chosen just now": "UPDATE user_loads SET chosen_at = now() WHERE user_id = {dana}",
    "a gate": "UPDATE profile_gates SET profile_id = 99",
}


@pytest.mark.row("F3", "U21")
@pytest.mark.parametrize("attack", [*LOADS.values()][:2], ids=[*LOADS][:2])
def test_nobody_is_passed_over_by_his_own_doing(office: Any, attack: str) -> None:
    office.refused("dana", attack)
