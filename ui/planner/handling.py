"""From hand to act: drags, keys, menus and commands of the planner become acts on the plan."""

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta
from functools import partial
from typing import Protocol

from PySide6.QtCore import QObject, QPoint, Slot
from PySide6.QtWidgets import QMenu, QWidget

from app import i18n
from app.domain.people import Permission
from app.domain.words import N_, message
from app.services.planner.rows import Named, Placed, VisitDraft, VisitRow, WaitingRow
from ui.kit.bidi import isolate
from ui.kit.messages import Offer
from ui.kit.screen import Desk
from ui.planner import commands
from ui.planner.acts import Acts
from ui.planner.canvas.board import Board
from ui.planner.canvas.drag import DragController
from ui.planner.canvas.drops import Carried, Drop, Spot, Verdict
from ui.planner.keyboard import KeyboardPlacing
from ui.planner.model import Plan, carried_call
from ui.planner.waiting_pane import WaitingPane

__all__ = ["Handling", "Home"]


class Home(Protocol):
    """What the handling asks of the screen it works for."""

    @property
    def plan(self) -> Plan | None:
        """The board's state."""

    def reload(self) -> None:
        """Read the board again."""

    def reveal(self, visit: VisitRow) -> None:
        """Show a visit, on another day if it stands there."""


class Handling(QObject):
    """One for each planner screen; owns the drag, the keyboard placing and the acts."""

    def __init__(self, desk: Desk, home: Home, board: Board, calls: WaitingPane, owner: QWidget) -> None:
        super().__init__(owner)
        self._desk, self._home, self._board, self._calls, self._owner = desk, home, board, calls, owner
        self.acts = Acts(desk.tasks, desk.messages, home.reload, self)
        self.acts.placed.connect(self._show_placed)
        self.acts.refused.connect(self._calls.reload_soon)
        self.acts.open_types = self._open_types
        self.acts.name_of = self._name_of
        self.drag = DragController(
            board,
            calls.view,
            judge=self.judge,
            drop=self.acts.drop,
            unschedule=self._unschedule_carried,
            allowed_rows=self.allowed_rows,
        )
        self.keyboard = KeyboardPlacing(board, judge=self.judge, drop=self._drop_by_key, allowed_rows=self.allowed_rows)
        self._origin: QWidget | None = None
        board.complete = self._completed
        self._connect()

    def _connect(self) -> None:
        self.drag.hinted.connect(self._hint)
        self.keyboard.hinted.connect(self._hint)
        self.drag.refused.connect(self.say_refused)
        self.drag.kept.connect(self._say_kept)
        self.keyboard.refused.connect(self.say_refused)
        self.keyboard.ended.connect(self._give_focus_back)
        self._board.nudged.connect(self._nudge)
        self._board.unschedule_requested.connect(self.unschedule)
        self._board.visit_opened.connect(self.open_visit)
        self._board.slot_opened.connect(self.new_appointment)
        self._board.menu_requested.connect(self._show_menu)
        self._board.selection_changed.connect(self._desk.commands.refresh)
        self._calls.view.chosen.connect(self._desk.commands.refresh)
        self._calls.view.place_wanted.connect(self.place)
        self._calls.view.opened.connect(self.open_call)
        self._calls.view.menu_wanted.connect(self._show_calls_menu)

    def add_commands(self, owner: QWidget) -> None:
        """Make the commands that act on visits and calls work."""
        add, undo = self._desk.commands.add, self.acts.undo
        add(commands.SCHEDULE, self.place_current, owner=self._calls.view, enabled=self._can_schedule)
        add(commands.MOVE, self.move_by_keyboard, owner=self._board, enabled=self._can_change)
        add(commands.OPEN, self.open_current, owner=owner, enabled=lambda: self._has_visit() or self._has_call())
        add(commands.EDIT, self.edit_selected, owner=owner, enabled=self._can_change)
        add(commands.UNSCHEDULE, self.unschedule_selected, owner=owner, enabled=self._can_change)
        add(commands.APPOINTMENT, self.new_appointment, owner=owner, enabled=self._may_plan)
        add(commands.UNDO, undo.undo, owner=owner, enabled=undo.canUndo)
        add(commands.REDO, undo.redo, owner=owner, enabled=undo.canRedo)
        add(commands.TO_FIX, self.show_to_fix, owner=owner)
        undo.indexChanged.connect(self._desk.commands.refresh)

    @property
    def is_busy(self) -> bool:
        """Whether something is in the air, so that the board must not change beneath it."""
        return self.drag.is_dragging() or self.keyboard.is_running

    def _may_plan(self) -> bool:
        return self._desk.person.may(Permission.PLAN)

    def _has_visit(self) -> bool:
        return bool(self._board.selected())

    def _has_call(self) -> bool:
        return self._calls.view.current() is not None

    def _can_change(self) -> bool:
        return self._may_plan() and self._has_visit()

    def _can_schedule(self) -> bool:
        return self._may_plan() and self._has_call()

    # --- Judging -------------------------------------------------------------------------------------------------

    def judge(self, drop: Drop) -> Verdict:
        """What the rules say to a drop."""
        plan = self._home.plan
        if not self._may_plan():
            return Verdict(False, i18n._("Your role does not allow this"))
        return plan.judge(drop, self._board.snap) if plan is not None else Verdict(False)

    def _completed(self, carried: Carried) -> Carried:
        plan = self._home.plan
        return plan.completed(carried) if plan is not None else carried

    def allowed_rows(self, carried: Carried) -> frozenset[int] | None:
        """The rows that stay clear while this is carried."""
        plan = self._home.plan
        return plan.allowed_rows(carried) if plan is not None else None

    @Slot(object, object)
    def say_refused(self, drop: Drop, verdict: Verdict) -> None:
        """One sentence why, with the nearest place as an offer."""
        if not verdict.reason:
            return
        text = message(N_("{sentence}."), sentence=verdict.reason)
        offer = None
        if verdict.nearest is not None and self._home.plan is not None:
            offer = Offer(N_("Put it in the nearest free time"), partial(self._drop_at, drop, verdict.nearest))
        self._desk.messages.warning(text, N_("Nothing was changed."), offer=offer)

    def _drop_at(self, drop: Drop, start: datetime) -> None:
        self.acts.drop(replace(drop, start=start, end=start + (drop.end - drop.start)))

    @Slot(str)
    def _hint(self, text: str) -> None:
        self._calls.hint.setText(text)

    @Slot(object)
    def _say_kept(self, carried: Carried) -> None:
        """A bar was let go on the list without Ctrl: it stays, and how to take it off is said."""
        offer = Offer(N_("Unschedule"), partial(self._unschedule_carried, carried))
        self._desk.messages.info(
            message(N_("{name} stays on the plan. Hold Ctrl while dragging to unschedule."), name=carried.title),
            offer=offer,
        )

    # --- Visits --------------------------------------------------------------------------------------------------

    def _visit(self, visit_id: int) -> VisitRow | None:
        plan = self._home.plan
        return plan.visits.get(visit_id) if plan is not None else None

    @Slot(object)
    def _nudge(self, drop: Drop) -> None:
        """A bar moved by keyboard is judged like a dragged one."""
        verdict = self.judge(drop)
        if verdict.is_allowed:
            self.acts.drop(drop)
        else:
            self.say_refused(drop, verdict)

    @Slot(object)
    def unschedule(self, visit_ids: tuple[int, ...]) -> None:
        """Take these visits off the plan."""
        for visit_id in visit_ids:
            visit = self._visit(visit_id)
            if visit is not None:
                self.acts.unschedule(visit_id, visit.version, visit.seen)

    def _unschedule_carried(self, carried: Carried) -> None:
        if carried.visit_id is not None:
            self.acts.unschedule(carried.visit_id, carried.version or 0, carried.seen)

    @Slot()
    def unschedule_selected(self) -> None:
        """What the command does."""
        self.unschedule(self._board.selected())

    @Slot(int)
    def open_visit(self, visit_id: int) -> None:
        """Open the ticket of a visit; an appointment has none, but a form."""
        visit = self._visit(visit_id)
        if visit is not None and visit.ticket_id is not None:
            self._desk.commands.run("tickets.open", visit.ticket_id)
        elif visit is not None and self._may_plan():
            self.edit(visit_id)
        elif visit is not None:
            self._desk.messages.info(message(N_("{title}: an appointment without a ticket."), title=visit.label))

    @Slot()
    def open_call(self) -> None:
        """Open the ticket of the chosen call."""
        row = self._calls.view.current()
        if row is not None and row.ticket_id is not None:
            self._desk.commands.run("tickets.open", row.ticket_id)

    def open_current(self) -> None:
        """Open what is chosen where the keyboard is."""
        selected = self._board.selected()
        if selected and not self._calls.view.hasFocus():
            self.open_visit(selected[0])
        else:
            self.open_call()

    # --- Placing by keyboard -------------------------------------------------------------------------------------

    def place_current(self) -> None:
        """Put the chosen call on the board by keyboard."""
        row = self._calls.view.current()
        if row is not None:
            self.place(row)

    @Slot(object)
    def place(self, row: WaitingRow) -> None:
        """Begin at the earliest legal place in sight."""
        plan = self._home.plan
        if plan is None or not plan.technicians or not self._may_plan():
            return
        carried = carried_call(row)
        after = max(plan.clock(), plan.rows.start)
        drop = plan.first_fit(carried, self._board.snap, after)
        if drop is None:
            start = self._board.snap.ceil(after)
            drop = Drop(carried, next(iter(plan.technicians)), start, start + carried.length)
        self._origin = self._calls.view
        self.keyboard.start(drop)

    def move_by_keyboard(self) -> None:
        """Take the selected bar up where it stands."""
        plan, selected = self._home.plan, self._board.selected()
        carried = self._board.carried(selected[0]) if selected else None
        if plan is None or carried is None or carried.start is None or carried.technician_id is None:
            return
        self._origin = self._board
        end = carried.start + carried.length
        self.keyboard.start(Drop(plan.completed(carried), carried.technician_id, carried.start, end))

    def _drop_by_key(self, drop: Drop) -> None:
        self.acts.drop(drop)

    @Slot(bool)
    def _give_focus_back(self, is_dropped: bool) -> None:
        if self._origin is not None:
            self._origin.setFocus()

    # --- Appointments --------------------------------------------------------------------------------------------

    @Slot(object)
    def new_appointment(self, spot: Spot | None = None, _checked: bool = False) -> None:
        """Open the form of an appointment at a place, by itself where the keyboard is."""
        from ui.planner.dialogs import AppointmentDialog, AppointmentSaving

        plan = self._home.plan
        if plan is None or not plan.technicians or not self._may_plan():
            return
        place = spot or self._board.spot()
        start = place.moment if place is not None else self._board.snap.ceil(max(plan.clock(), plan.rows.start))
        technician_id = place.technician_id if place is not None else next(iter(plan.technicians))
        dialog = AppointmentDialog(self._desk.messages, plan.zone, self._owner)
        dialog.offer([Named(row.id, row.name) for row in plan.technicians.values()], (), ())
        dialog.show_values(VisitDraft(technician_id, start, start + timedelta(hours=1)))
        AppointmentSaving(dialog, self._desk, self.acts)
        dialog.show()

    def edit_selected(self) -> None:
        """What the command does."""
        for visit_id in self._board.selected()[:1]:
            self.edit(visit_id)

    def edit(self, visit_id: int) -> None:
        """Open the form of a visit that stands on the plan."""
        from ui.planner.visit_form import VisitForm

        opened = next((form for form in self._owner.findChildren(VisitForm) if form.visit_id == visit_id), None)
        if opened is not None:
            opened.raise_()
            opened.activateWindow()
        elif self._home.plan is not None:
            VisitForm(self._desk, self.acts, visit_id, self._home.plan.zone, self._owner)

    # --- Menus ---------------------------------------------------------------------------------------------------

    @Slot(object)
    def _show_menu(self, spot: Spot) -> None:
        menu = QMenu(self._owner)
        if spot.visit_id is not None:
            if spot.visit_id not in self._board.selected():
                self._board.select((spot.visit_id,))
            for command in (commands.OPEN, commands.EDIT, commands.MOVE, commands.UNSCHEDULE):
                menu.addAction(self._desk.commands.action(command.id))
            menu.addSeparator()
            _add(menu, N_("History"), self._show_history)
        elif self._may_plan():
            _add(menu, N_("New appointment"), partial(self.new_appointment, spot))
            row = self._calls.view.current()
            if row is not None:
                text = i18n._("Schedule {name} here", name=isolate(row.label))
                menu.addAction(text).triggered.connect(partial(self._schedule_at, row, spot))
        if menu.isEmpty():
            menu.deleteLater()
            return
        _popup(menu, spot.global_pos)

    @Slot()
    def _show_history(self) -> None:
        if (card := self.card_at_hand()) is not None:
            self._desk.commands.run("history.open", *card)

    def card_at_hand(self) -> tuple[str, int, str] | None:
        """The visit that is chosen."""
        plan = self._home.plan
        visit = plan.visits.get(next(iter(self._board.selected()), 0)) if plan is not None else None
        return ("visits", visit.id, visit.label) if visit is not None else None

    def _schedule_at(self, row: WaitingRow, spot: Spot, _checked: bool = False) -> None:
        carried = carried_call(row)
        self._nudge(Drop(carried, spot.technician_id, spot.moment, spot.moment + carried.length))

    @Slot(QPoint)
    def _show_calls_menu(self, place: QPoint) -> None:
        if self._has_call():
            menu = QMenu(self._owner)
            menu.addAction(self._desk.commands.action(commands.SCHEDULE.id))
            _add(menu, N_("Open"), self.open_call)
            _popup(menu, place)

    def show_to_fix(self) -> None:
        """List the visits that lie on grey; choosing one leads to it."""
        from app.services.planner.conflicts import to_fix

        self._desk.tasks.read(to_fix).then(self._show_to_fix_menu)

    def _show_to_fix_menu(self, visits: tuple[VisitRow, ...]) -> None:
        plan = self._home.plan
        if plan is None:
            return
        menu = QMenu(self._owner)
        for visit in visits[:20]:
            when = i18n.format_datetime(visit.starts_at, plan.zone)
            text = f"{isolate(when)}  {isolate(visit.label)}"
            menu.addAction(text).triggered.connect(partial(self._reveal, visit))
        if not visits:
            menu.addAction(i18n._("Every visit lies within a presence")).setEnabled(False)
        _popup(menu, self._board.mapToGlobal(self._board.rect().topRight() / 2))

    def _reveal(self, visit: VisitRow, _checked: bool = False) -> None:
        self._home.reveal(visit)

    # --- After an act --------------------------------------------------------------------------------------------

    @Slot(object)
    def _show_placed(self, done: Placed) -> None:
        if done.visit.task_id is not None:
            if done.visit.is_active:
                self._calls.model.remove(done.visit.task_id)
            self._calls.reload_soon()

    def _name_of(self, technician_id: int) -> str:
        plan = self._home.plan
        row = plan.technicians.get(technician_id) if plan is not None else None
        return row.name if row is not None else ""

    def _open_types(self) -> None:
        self._desk.commands.run(commands.ENABLED_TYPES.id)


def _add(menu: QMenu, text: str, act: Callable[..., object]) -> None:
    menu.addAction(i18n._(text)).triggered.connect(act)


def _popup(menu: QMenu, place: QPoint) -> None:
    menu.aboutToHide.connect(menu.deleteLater)
    menu.popup(place)
