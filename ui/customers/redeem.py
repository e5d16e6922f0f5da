"""The window where a customer's points are spent: what there is, what each costs, and what would be left."""

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtWidgets import QTextEdit, QWidget

from app.domain.words import N_, message
from app.i18n import _, format_points
from app.services.points.of_customer import Balance
from app.services.points.redeeming import Offer, Redeemed, offers, redeem
from ui.kit import messages, theme
from ui.kit.bidi import sided
from ui.kit.screen import Desk
from ui.kit.tasks import Latest
from ui.kit.translate import Texts
from ui.widgets.dialog import FormDialog
from ui.widgets.fitting import FittedColumns
from ui.widgets.form import Form
from ui.widgets.styled import plain, secondary, styled
from ui.widgets.table import TableView
from ui.widgets.text_table import TextTable

__all__ = ["RedeemWindow"]

_HEADERS = (N_("Stage"), N_("Process"), N_("Points"), N_("Left"))


class RedeemWindow(FormDialog):
    """One customer; what is refused is said under the list, and what is typed stays.

    Signal: `redeemed(customer id)`.
    """

    redeemed = Signal(int)

    def __init__(self, desk: Desk, customer_id: int, has: Balance, parent: QWidget) -> None:
        super().__init__(N_("Redeem points"), N_("Redeem"), messages=desk.messages, parent=parent)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self._desk, self._customer_id, self._has = desk, customer_id, has
        self._offers: tuple[Offer, ...] = ()
        self._reading = Latest(desk.tasks)
        self.balance = styled(plain(), "figure")
        self.model = TextTable(_HEADERS, self, numbers=(2, 3))
        self.view = TableView(several=False)
        self.view.setModel(self.model)
        self.view.setMinimumHeight(theme.row_height() * 6)
        FittedColumns(self.view, (170, 150, 80, 110), rest=0, least=200)
        Texts(self.view).bind(self.view.setAccessibleName, N_("Where points can be spent"))
        self.nothing = secondary(N_("No process in use has a stage where customers spend points."))
        self.nothing.hide()
        self.note = QTextEdit()
        self.note.setAcceptRichText(False)
        self.note.setTabChangesFocus(True)
        self.note.setFixedHeight(theme.scale(64))
        form = Form()
        form.row(N_("Balance"), self.balance)
        form.wide(self.view)
        form.wide(self.nothing)
        form.row(N_("Note"), self.note)
        self.body.addWidget(form)
        self.setMinimumWidth(theme.scale(620))
        self.save_button.setEnabled(False)
        self.view.chosen.connect(self._follow)
        self.view.opened.connect(self.request_save)
        self.save_requested.connect(self._save)
        Texts(self).redo(self._fill)
        self._read()

    def show_balance(self, has: Balance) -> None:
        """The customer has this many by now."""
        if has != self._has:
            self._has = has
            self._read()

    def _read(self) -> None:
        self._reading.read(offers, self._customer_id).then(self._take, self.fail)

    def _take(self, found: tuple[Offer, ...]) -> None:
        self._offers = found
        self._fill()

    def _fill(self) -> None:
        chosen = self.chosen()
        first = next(iter(self._offers), None)
        self.balance.setText(sided(format_points(first.left + first.points if first else self._has.balance)))
        self.model.show_rows(
            [(each.stage, each.process, format_points(each.points), _left(each)) for each in self._offers],
            [place for place, each in enumerate(self._offers) if not each.is_enough],
        )
        self.nothing.setVisible(not self._offers)
        wanted = chosen.stage_id if chosen else None
        places = [place for place, each in enumerate(self._offers) if each.stage_id == wanted]
        if self._offers:
            self.view.selectRow(places[0] if places else 0)
        self._follow()

    def chosen(self) -> Offer | None:
        """What the points would be spent for."""
        places = self.view.chosen_rows()
        return self._offers[places[0]] if places and places[0] < len(self._offers) else None

    @Slot()
    def _follow(self) -> None:
        self.save_button.setEnabled(self.chosen() is not None)

    @Slot()
    def _save(self) -> None:
        offer = self.chosen()
        if offer is None:
            return
        self.saving(on=True)
        job = self._desk.tasks.write(
            redeem, self._customer_id, offer.stage_id, self.note.toPlainText().strip(), points=offer.points
        )
        job.then(self._saved, self._refused)

    def _saved(self, done: Redeemed) -> None:
        run = self._desk.commands.run
        said = message(
            N_("Redeemed: {points}. The balance is {balance} now."), points=done.points, balance=done.balance
        )
        offer = None if done.is_closed else messages.Offer(N_("Open the task"), lambda: run("tasks.open", done.task_id))
        self._desk.messages.success(said, offer=offer)
        self.redeemed.emit(self._customer_id)
        self.accept()

    def _refused(self, problem: Exception) -> None:
        self.fail(problem)
        self._read()


def _left(offer: Offer) -> str:
    if offer.is_enough:
        return format_points(offer.left)
    return _("{points} missing", points=format_points(-offer.left))
