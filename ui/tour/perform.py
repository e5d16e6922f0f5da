"""The tour's programme: the main job from the first start to the planned day, step by step."""

from collections.abc import Callable
from functools import partial
from pathlib import Path

from PySide6.QtWidgets import QWidget

from app.cli.simulate import server
from ui.tour import around, opening
from ui.tour.club import Club
from ui.tour.desk import Desk
from ui.tour.dialling import Dialling
from ui.tour.planning import Morning
from ui.tour.record import Record
from ui.tour.shared import Shared
from ui.tour.stage import Stage

__all__ = ["perform"]

Step = tuple[str, Callable[[], QWidget]]


def perform(out: Path, language: str, theme: str, tell: Callable[[str], None]) -> bool:
    """Perform every step and leave pictures and tour.json in `out`; whether all held."""
    record = Record(out, tell)
    stage = Stage(language, theme)
    shared = Shared(stage)
    try:
        for name, act in _programme(stage, _on_server(shared, tell)):
            if not record.perform(name, act) and not stage.is_open and name == "demo":
                break
    finally:
        stage.close()
        shared.close()
    return record.close()


def _programme(stage: Stage, on_server: list[Step]) -> list[Step]:
    morning, desk, dialling, club = Morning(stage), Desk(stage), Dialling(stage), Club(stage)
    return [
        ("language", partial(opening.choose_language, stage)),
        ("company", partial(opening.name_company, stage)),
        ("administrator", partial(opening.name_administrator, stage)),
        ("begin", partial(opening.choose_demo, stage)),
        ("demo", partial(opening.load_demo, stage)),
        ("import-preview", partial(around.drop_file, stage)),
        ("import-done", partial(around.import_file, stage)),
        ("ticket-card", partial(around.open_card, stage)),
        ("mandatory-field", desk.ask_for_fields),
        ("intake", desk.take_in),
        ("why", desk.ask_why),
        ("passed-on", desk.pass_on),
        ("earlier-handler", desk.advance),
        ("close-refused", desk.refuse_close),
        ("closed", desk.close),
        ("find-place", morning.find_place),
        ("refused", morning.refuse_drop),
        ("given-up", morning.give_up),
        ("scheduled", morning.schedule),
        ("second-desktop", morning.open_colleague),
        ("moved", morning.move),
        ("undone", morning.undo),
        ("who-was-first", morning.clash),
        ("unscheduled", morning.unschedule),
        ("week", morning.show_week),
        ("signed-in", dialling.sign_in),
        ("next-customer", dialling.load),
        ("why-this-one", dialling.ask_why),
        ("on-the-telephone", dialling.call),
        ("agreed", dialling.agree),
        ("when-to-call-back", dialling.promise),
        ("called-back-later", dialling.call_back),
        ("skipped", dialling.skip),
        ("by-keys-alone", dialling.note_only),
        ("wall", dialling.show_wall),
        ("desk-left", dialling.leave),
        ("points-on-card", club.show_balance),
        ("redemption-refused", club.refuse_redemption),
        ("gift-redeemed", club.redeem),
        ("month-of-the-team", club.show_chart),
        ("rows-behind-a-bar", club.show_rows),
        ("points-verified", club.verify),
        *on_server,
        ("palette", partial(around.find_command, stage)),
        ("shortcuts", partial(around.show_shortcuts, stage)),
        ("sheet-closed", partial(around.close_sheet, stage)),
        ("other-language", partial(around.switch_language, stage)),
    ]


def _on_server(shared: Shared, tell: Callable[[str], None]) -> list[Step]:
    if not server.is_there():
        tell("left out shared-log-in, table-refused: there is no PostgreSQL to start on this computer")
        return []
    return [("shared-log-in", shared.log_in), ("table-refused", shared.be_refused)]
