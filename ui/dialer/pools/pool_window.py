"""The windows of a pool: what it is called and who works on it; and an agent's own order of pools."""

from collections.abc import Sequence

from PySide6.QtCore import Qt, Slot
from PySide6.QtWidgets import QAbstractItemView, QLineEdit, QListWidget, QListWidgetItem, QWidget

from app.domain.words import N_, message
from app.i18n import _
from app.services.dialer import pools
from app.services.dialer.pools import MyPool, PoolDraft, PoolRow, Worker
from ui.kit import theme
from ui.kit.bidi import isolate
from ui.kit.screen import Desk
from ui.kit.tasks import Latest
from ui.kit.translate import Texts
from ui.widgets.dialog import FormDialog
from ui.widgets.form import Form
from ui.widgets.picker import Choice, Picker
from ui.widgets.styled import push_button, secondary

__all__ = ["OrderWindow", "PoolWindow"]

_ID = Qt.ItemDataRole.UserRole
_KINDS = (
    ("all", N_("Everybody in the campaign")),
    ("given", N_("Chosen agents")),
    ("own", N_("One agent’s own book")),
)


class PoolWindow(FormDialog):
    """A new pool, or `known` to change."""

    def __init__(
        self, desk: Desk, campaign_id: int, workers: Sequence[Worker], parent: QWidget, known: PoolRow | None = None
    ) -> None:
        super().__init__(N_("Pool"), messages=desk.messages, parent=parent)
        self._desk, self._campaign_id, self._known = desk, campaign_id, known
        self.name, self.kind, self.owner = QLineEdit(), Picker(), Picker()
        self.name.setMaxLength(200)
        self.workers = QListWidget()
        self.workers.setMinimumHeight(theme.scale(160))
        form = Form()
        self._name_field = form.row(N_("Name"), self.name)
        form.row(N_("Who works on it"), self.kind)
        self._owner_field = form.row(N_("Agent"), self.owner)
        self._workers_field = form.row(N_("Agents"), self.workers)
        self.body.addWidget(form)
        offered = [Choice(each.id, each.name, each.is_active) for each in workers]
        self.owner.offer(offered)
        given = set(known.given) if known is not None else set()
        for each in workers:
            item = QListWidgetItem(isolate(each.name), self.workers)
            item.setData(_ID, each.id)
            item.setFlags(item.flags() | Qt.ItemFlag.ItemIsUserCheckable)
            item.setCheckState(Qt.CheckState.Checked if each.id in given else Qt.CheckState.Unchecked)
        Texts(self).redo(self._speak)
        self.kind.set_value("all" if known is None or known.is_for_all else "given")
        if known is not None:
            self.name.setText(known.name)
            if known.user_id is not None:
                self.kind.set_value("own")
                self.owner.set_value(known.user_id)
        self.kind.changed.connect(self._follow_kind)
        self.save_requested.connect(self._save)
        self._follow_kind()

    def _speak(self) -> None:
        self.kind.offer([Choice(key, _(text)) for key, text in _KINDS])

    @Slot()
    def _follow_kind(self) -> None:
        self._owner_field.set_visible(on=self.kind.value() == "own")
        self._workers_field.set_visible(on=self.kind.value() == "given")

    def draft(self) -> PoolDraft:
        """What the fields say."""
        kind, owner = self.kind.value(), self.owner.value()
        items = [self.workers.item(place) for place in range(self.workers.count())]
        given = tuple(int(item.data(_ID)) for item in items if item.checkState() == Qt.CheckState.Checked)
        return PoolDraft(
            self.name.text(),
            int(owner) if kind == "own" and owner is not None else None,
            kind == "all",
            given if kind == "given" else (),
        )

    @Slot()
    def _save(self) -> None:
        draft = self.draft()
        if self.kind.value() == "own" and draft.user_id is None:
            self._owner_field.error(message(N_("Choose the agent whose book it is.")))
            return
        self.saving(on=True)
        seen = {} if self._known is None else {"row_id": self._known.id, "version": self._known.version}
        self._desk.tasks.write(pools.save_pool, self._campaign_id, draft, **seen).then(self._saved, self.fail)

    def _saved(self, _row: PoolRow) -> None:
        self.accept()


class OrderWindow(FormDialog):
    """One agent's pools in his own order: moved by drag, or by Alt and the arrow keys."""

    def __init__(self, desk: Desk, campaign_id: int, workers: Sequence[Worker], parent: QWidget) -> None:
        super().__init__(N_("An agent’s own order"), messages=desk.messages, parent=parent)
        self._desk, self._campaign_id = desk, campaign_id
        self._reading = Latest(desk.tasks)
        self.agent, self.list = Picker(), QListWidget()
        self.agent.offer([Choice(each.id, each.name, each.is_active) for each in workers])
        self.list.setDragDropMode(QAbstractItemView.DragDropMode.InternalMove)
        self.list.setMinimumHeight(theme.scale(180))
        self.up, self.down = push_button(N_("Move up"), "sort-up"), push_button(N_("Move down"), "sort-down")
        self.reset = push_button(N_("As in the campaign"), "reset", "quiet")
        form = Form()
        form.row(N_("Agent"), self.agent)
        form.row(N_("Pools"), self.list)
        self.body.addWidget(form)
        self.body.addWidget(secondary(N_("Private pools always come before those of the campaign.")))
        for button in (self.up, self.down, self.reset):
            self.add_button(button)
        self.up.setShortcut("Alt+Up")
        self.down.setShortcut("Alt+Down")
        self.up.clicked.connect(self._up)
        self.down.clicked.connect(self._down)
        self.reset.clicked.connect(self._reset)
        self.agent.changed.connect(self._ask)
        self.save_requested.connect(self._save)
        if workers:
            self.agent.set_value(workers[0].id)
        self._ask()

    @property
    def _user(self) -> int | None:
        chosen = self.agent.value()
        return None if chosen is None else int(chosen)

    @Slot()
    def _ask(self) -> None:
        if self._user is not None:
            asked = self._reading.read(pools.my_pools, self._campaign_id, self._user)
            asked.then(self._take, self._desk.messages.show_error)

    def _take(self, rows: tuple[MyPool, ...]) -> None:
        self.list.clear()
        for row in rows:
            item = QListWidgetItem(isolate(row.name), self.list)
            item.setData(_ID, row.id)
        self.list.setCurrentRow(0)

    @Slot()
    def _up(self) -> None:
        self._move(-1)

    @Slot()
    def _down(self) -> None:
        self._move(1)

    def _move(self, step: int) -> None:
        place = self.list.currentRow()
        if 0 <= place < self.list.count() and 0 <= place + step < self.list.count():
            self.list.insertItem(place + step, self.list.takeItem(place))
            self.list.setCurrentRow(place + step)

    @Slot()
    def _reset(self) -> None:
        self._write([])

    @Slot()
    def _save(self) -> None:
        self._write([int(self.list.item(place).data(_ID)) for place in range(self.list.count())])

    def _write(self, order: list[int]) -> None:
        if self._user is None:
            return
        self.saving(on=True)
        saved = self._desk.tasks.write(pools.set_my_order, self._campaign_id, order, self._user)
        saved.then(self._saved, self.fail)

    def _saved(self, rows: tuple[MyPool, ...]) -> None:
        self.accept()
