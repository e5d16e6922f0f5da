"""What hangs on cards, by one's own SQL."""

from typing import Any

import pytest

from app.services.tickets.merging import merge

FORGED = {
    # Notes: an alert is silenced, once, by who does it; everything else stands.
    "a note silenced": "UPDATE notes SET dismissed_at = now() WHERE id = {note}",
    "a note under another ticket": "UPDATE notes SET ticket_id = {other} WHERE id = {note}",
    "a mail under another ticket": "UPDATE outbox_messages SET ticket_id = {other} WHERE id = {waiting}",
    # Hours: one's own.
    "another's hours": "UPDATE hours_entries SET minutes = 1 WHERE id = {hours}",
    "another's hours made one's own": "UPDATE hours_entries SET user_id = {dana} WHERE id = {hours}",
    "hours reported for another": "INSERT INTO hours_entries (user_id, day, minutes, kind) "
    "VALUES ({noa}, '2026-01-01', 60, 'general')",
    # Reminders: one's own.
    "somebody reminded": "INSERT INTO reminders (user_id, at, text) VALUES ({noa}, now(), 'Pay me')",
    # Mail: what is sent is sent.
    "a mail said to be sent": "UPDATE outbox_messages SET state = 'sent', sent_at = now() WHERE id = {waiting}",
    "a mail sent twice": "UPDATE outbox_messages SET state = 'waiting', attempts = 0 WHERE id = {sent}",
    "attempts made up": "UPDATE outbox_messages SET attempts = 99 WHERE id = {waiting}",
    "a mail held for ever": "UPDATE outbox_messages SET state = 'sending', attempts = 1, leased_by = 'me', "
    "lease_until = '2099-01-01' WHERE id = {waiting}",
    "a mail written as sent": "INSERT INTO outbox_messages (event, event_key, to_address, language, subject, body, "
    "message_id, state, next_at, created_at) "
    "VALUES ('x', 'x', 'a@b.example', 'en', 's', 'b', '<x>', 'sent', now(), now())",
    # Numbers: the next one.
    "numbers given out again": "UPDATE numerators SET next_number = 1 WHERE id = {numerator}",
    "numbers left out": "UPDATE numerators SET next_number = next_number + 10 WHERE id = {numerator}",
    "somebody's filter": "INSERT INTO saved_filters (user_id, screen, name, filter) "
    "VALUES ({noa}, 'tickets', 'x', '{{}}')",
}


@pytest.mark.row("F3", "R-X3")
@pytest.mark.parametrize("attack", FORGED.values(), ids=FORGED)
def test_what_no_screen_does_is_refused(office: Any, attack: str) -> None:
    office.refused("dana", attack)
    # As a member of his group he is nobody else.
    office.refused_as_group("dana", attack)


UNSEEN = {
    "another's reminder silenced": "UPDATE reminders SET done_at = now() WHERE id = {reminder}",
    "another's reminder removed": "DELETE FROM reminders WHERE id = {reminder}",
    "another's hours removed": "DELETE FROM hours_entries WHERE id = {hours}",
}


@pytest.mark.row("F3", "R-X3")
@pytest.mark.parametrize("attack", UNSEEN.values(), ids=UNSEEN)
def test_what_is_anothers_stays(office: Any, attack: str) -> None:
    if attack.startswith("DELETE FROM reminders"):
        office.refused("dana", attack)
        return
    with office.by("dana") as session:
        assert office.run(session, attack) == 0


@pytest.mark.row("F3", "R-X3")
def test_what_one_writes_is_ones_own_and_of_now(office: Any) -> None:
    me = office.ids["dana"]
    recent = "at > now() - interval '1 hour'"
    with office.by("dana") as session:
        office.run(session, "INSERT INTO notes (text, ticket_id, by_id, at, dismissed_at) "
                            "VALUES ('x', {leak}, {noa}, '2020-01-01', now())")  # fmt: skip
        assert office.run(session, f"SELECT by_id, {recent}, dismissed_at FROM notes ORDER BY id DESC") == (
            me,
            True,
            None,
        )
        office.run(session, "INSERT INTO files (name, size, ticket_id, at) VALUES ('x', 1, {leak}, '2020-01-01')")
        assert office.run(session, f"SELECT by_id, {recent} FROM files ORDER BY id DESC") == (me, True)
        office.run(session, "INSERT INTO reminders (user_id, at, text, by_id) VALUES ({dana}, now(), 'x', {noa})")
        assert office.run(session, "SELECT by_id FROM reminders WHERE user_id = {dana}") == (me,)
        office.run(session, "UPDATE notes SET dismissed_at = '2020-01-01', dismissed_by_id = {noa} WHERE id = {alert}")
        told = "SELECT dismissed_by_id, dismissed_at > now() - interval '1 hour' FROM notes WHERE id = {alert}"
        assert office.run(session, told) == (me, True)
    office.refused("dana", "UPDATE notes SET dismissed_at = now() WHERE id = {alert}",
                   "UPDATE notes SET dismissed_at = NULL WHERE id = {alert}")  # fmt: skip


@pytest.mark.row("F3", "R-X3")
def test_a_reminder_of_ones_own_keeps_what_it_says_when_it_is_handed_over(office: Any) -> None:
    added = "INSERT INTO reminders (user_id, at, text) VALUES ({dana}, now(), 'x')"
    office.refused("dana", added, "UPDATE reminders SET text = 'y' WHERE user_id = {dana}")
    handed = "UPDATE reminders SET user_id = {noa} WHERE user_id = {dana}"
    office.refused("dana", added, handed, "UPDATE reminders SET at = '2099-01-01' WHERE by_id = {dana}")


@pytest.mark.row("F3")
def test_mails_go_their_way_by_whoever_sends(office: Any) -> None:
    with office.by("dana") as session:
        for change in (
            "state = 'cancelled'",
            "state = 'waiting', attempts = 0",
            "state = 'sending', attempts = 1, lease_until = now() + interval '15 minutes', leased_by = 'desk'",
            "state = 'sent', lease_until = NULL",
        ):
            assert office.run(session, f"UPDATE outbox_messages SET {change} WHERE id = {{waiting}}") == 1
        assert office.run(session, "UPDATE numerators SET next_number = next_number + 1 WHERE id = {numerator}") == 1


@pytest.mark.row("R-X3")
def test_what_hangs_under_a_ticket_still_goes_with_it_when_it_is_merged(office: Any) -> None:
    with office.doors["owner"].transaction() as session:
        office.run(session, "INSERT INTO hours_entries (user_id, day, minutes, kind, ticket_id) "
                            "VALUES ({noa}, '2026-01-02', 5, 'work', {other})")  # fmt: skip
        office.run(session, "INSERT INTO notes (text, ticket_id, at) VALUES ('There', {other}, now())")
    office.backend("dana").execute(merge, office.ids["other"], 1, office.ids["leak"])
    with office.by("owner") as session:
        moved = "SELECT count(*) FROM {} WHERE ticket_id = {{leak}} AND {}"
        assert office.run(session, moved.format("hours_entries", "minutes = 5")) == (1,)
        assert office.run(session, moved.format("notes", "text = 'There'")) == (1,)
