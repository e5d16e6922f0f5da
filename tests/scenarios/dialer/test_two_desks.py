"""An agent begins at a second dial desk: the first says so, finishes what is on it and takes nobody more."""

import pytest

from app.backend import Backend
from app.bus import Bus, RowsChanged
from app.domain.dialer.desk_events import State
from app.domain.people import Permission
from app.services.dialer import spans
from tests.kit.dial_robot import DialDesk, opened

TOLD = "Your dial desk was opened elsewhere. This one takes no further customer."


def another_desk(desk: DialDesk) -> Backend:
    """Dana's, at another computer."""
    feed = Bus()
    feed.subscribe(RowsChanged, desk.bus.publish)
    return Backend(desk.database, feed, desk.shift.dana)


@pytest.mark.row("R-D5")
def test_the_first_desk_finishes_and_stops(database, tmp_path, qtbot):
    with opened(database, tmp_path, qtbot, people=3) as desk:
        contact = desk.begin()
        desk.write("He said yes")
        desk.settle()
        another = another_desk(desk)
        theirs = another.execute(spans.enter, "waiting", desk.shift.campaign)
        desk.until(lambda: desk.seat.at.wants_out)
        assert desk.said_last() == TOLD
        assert desk.seat.contact is contact
        desk.give(2)
        desk.reach(State.SIGNED_OUT)
        desk.settle()
        assert [each.note for each in desk.attempts() if each.kind == "call"] == ["He said yes"]
        waiting = spans.Stretch(theirs, ("waiting", desk.shift.campaign, None, None))
        assert another.execute(spans.doing) == waiting

        # He comes back to it: now the other one is told, by the same rows.
        desk.begin()
        desk.until(lambda: another.execute(spans.doing) != waiting)


@pytest.mark.row("R-D5")
def test_a_customer_taken_along_is_lost_here_and_his_note_stays(database, tmp_path, qtbot):
    with opened(database, tmp_path, qtbot, people=1) as desk:
        contact = desk.begin()
        desk.write("Half a sentence")
        desk.settle()
        another_desk(desk).execute(spans.enter, "writing", desk.shift.campaign, None, contact.claimed.customer_id)
        desk.until(lambda: desk.seat.at.is_lost)
        assert TOLD in desk.said_last()
        assert "Your note is kept" in desk.said_last()
        assert desk.screen.foot.note.toPlainText() == "Half a sentence"


@pytest.mark.row("R-T1")
def test_whoever_may_dial_no_more_gets_nobody_new(database, tmp_path, qtbot):
    with opened(database, tmp_path, qtbot, people=3) as desk:
        contact = desk.begin()
        person = desk.window.desk.person
        person.allow(person.permissions - {Permission.DIAL})
        assert desk.seat.at.wants_out
        assert desk.seat.contact is contact, "he ends with the customer on his desk"
