"""The first start: language, company, first administrator, and what to begin with."""

from dataclasses import dataclass
from enum import Enum

from PySide6.QtCore import QLocale, Qt, QTimeZone, Slot
from PySide6.QtWidgets import QButtonGroup, QLineEdit

from app import i18n
from app.domain.passwords import check_password
from app.domain.words import N_
from app.services.company.places import Country, countries, likely_country, likely_zone, subdivisions, zones, zones_of
from app.services.company.rows import CompanyDraft, FirstAdministrator
from app.settings import Settings
from ui.first_start.page import ChoiceCard, Page
from ui.kit import icons
from ui.kit.preferences import Preferences
from ui.kit.translate import Texts
from ui.widgets.form import Form
from ui.widgets.picker import Choice, Picker

__all__ = ["AdministratorPage", "Begin", "CompanyPage", "LanguagePage", "StartPage"]

HONEST = N_(
    "This log-in tells colleagues at this computer apart. It does not protect the file from somebody who can read it."
)


def _system_zone() -> str:
    return QTimeZone.systemTimeZone().id().toStdString()


class Begin(Enum):
    """What to begin with."""

    DEMO = "demo"
    IMPORT = "import"
    EMPTY = "empty"


class LanguagePage(Page):
    """The language, each written as its speakers write it; it changes at once."""

    def __init__(self, preferences: Preferences) -> None:
        super().__init__(N_("Welcome to Callboard"), N_("Choose the language you work in. All users have their own."))
        self.back_button.hide()
        self._preferences = preferences
        self._group = QButtonGroup(self)
        self.cards: dict[str, ChoiceCard] = {}
        for number, language in enumerate(i18n.LANGUAGES.values()):
            card = ChoiceCard(language.name)
            card.setChecked(language.code == i18n.current().code)
            self._group.addButton(card, number)
            self.cards[language.code] = card
            self.body.addWidget(card)
        self._group.idClicked.connect(self._choose)

    def begin(self) -> None:
        """The language in use."""
        self.cards[i18n.current().code].setFocus(Qt.FocusReason.OtherFocusReason)

    @Slot(int)
    def _choose(self, number: int) -> None:
        self._preferences.put(Settings.language, list(i18n.LANGUAGES)[number])


class CompanyPage(Page):
    """The company: its name, and where it is, which decides holidays and clock."""

    def __init__(self) -> None:
        super().__init__(
            N_("Your company"), N_("The country brings its holidays; the time zone decides what a day is.")
        )
        self._form = Form()
        self.name = QLineEdit()
        self.country = Picker()
        self.part = Picker(nothing=N_("The whole country"))
        self.zone = Picker()
        self._name = self._form.row(N_("Name"), self.name)
        self._country = self._form.row(N_("Country"), self.country)
        self._part = self._form.row(N_("Region"), self.part)
        self._zone = self._form.row(N_("Time zone"), self.zone)
        self.body.addWidget(self._form)
        self.country.changed.connect(self._follow_country)
        self._guessed = ""
        Texts(self).redo(self._offer_countries)

    def begin(self) -> None:
        """The name."""
        if not self.country.value() or self.country.value() == self._guessed:
            self._guess()
        self.name.setFocus(Qt.FocusReason.OtherFocusReason)

    def check(self) -> bool:
        """A name, a country and a time zone."""
        self._form.clear_errors()
        if not self.name.text().strip():
            self._name.error(N_("The name is missing."))
        if not self.country.value():
            self._country.error(N_("The country is missing."))
        if not self.zone.value():
            self._zone.error(N_("The time zone is missing."))
        return self._form.first_error() is None

    def draft(self) -> CompanyDraft:
        """What was filled in."""
        part = self.part.value()
        return CompanyDraft(
            name=self.name.text().strip(),
            country=str(self.country.value()),
            time_zone=str(self.zone.value()),
            language=i18n.current().code,
            subdivision=str(part) if part else None,
        )

    def _offer_countries(self) -> None:
        known: tuple[Country, ...] = countries()
        self.country.offer([Choice(country.code, country.name) for country in known])

    def _guess(self) -> None:
        language, system = i18n.current().code, QLocale.system()
        territory = QLocale.territoryToCode(system.territory()) if system.name().startswith(language) else ""
        self._guessed = likely_country(territory, language, _system_zone())
        self.country.set_value(self._guessed)
        self._follow_country(self._guessed)

    @Slot(object)
    def _follow_country(self, code: str | None) -> None:
        chosen = str(code or "")
        own = zones_of(chosen)
        others = [name for name in zones() if name not in own]
        self.zone.offer([Choice(name, name.replace("_", " ")) for name in (*own, *others)])
        self.zone.set_value(likely_zone(chosen, _system_zone()))
        parts = subdivisions(chosen)
        self.part.offer([Choice(part, part) for part in parts])
        self.part.set_value(None)
        self._part.set_visible(on=bool(parts))


class AdministratorPage(Page):
    """The first person who may do everything."""

    def __init__(self) -> None:
        super().__init__(N_("The first administrator"), N_("That is you: the one who lets others in."))
        self._form = Form()
        self.name = QLineEdit()
        self.login = QLineEdit()
        self.password = QLineEdit()
        self.again = QLineEdit()
        for secret in (self.password, self.again):
            secret.setEchoMode(QLineEdit.EchoMode.Password)
        self._name = self._form.row(N_("Your name"), self.name)
        self._login = self._form.row(N_("Log-in name"), self.login, N_("Latin letters, digits and . _ - @"))
        self._password = self._form.row(
            N_("Password"), self.password, N_("At least 8 characters, not one that many people use.")
        )
        self._again = self._form.row(N_("The same again"), self.again, HONEST)
        self.body.addWidget(self._form)

    def begin(self) -> None:
        """The name."""
        self.name.setFocus(Qt.FocusReason.OtherFocusReason)

    def check(self) -> bool:
        """A name, a log-in name, and a password typed twice."""
        self._form.clear_errors()
        login = self.login.text().strip()
        if not self.name.text().strip():
            self._name.error(N_("The name is missing."))
        if not login:
            self._login.error(N_("The log-in name is missing."))
        elif not login.isascii() or " " in login:
            self._login.error(N_("A log-in name has Latin letters, digits and . _ - @ only, at most 60."))
        if trouble := check_password(self.password.text(), login):
            self._password.error(trouble)
        elif self.password.text() != self.again.text():
            self._again.error(N_("The two passwords are not the same."))
        return self._form.first_error() is None

    def draft(self) -> FirstAdministrator:
        """What was filled in."""
        return FirstAdministrator(self.name.text().strip(), self.login.text().strip(), self.password.text())


@dataclass(frozen=True, slots=True)
class _Offer:
    begin: Begin
    icon: str
    title: str
    text: str


_OFFERS = (
    _Offer(
        Begin.DEMO,
        "planner",
        N_("Look around in a demo company"),
        N_("Twenty technicians, a thousand calls and a planned morning. Takes some seconds."),
    ),
    _Offer(
        Begin.IMPORT,
        "import",
        N_("Import my data"),
        N_("Technicians, customers and calls from CSV or XLSX files."),
    ),
    _Offer(Begin.EMPTY, "add", N_("Start empty"), N_("Everything is made by hand, step by step.")),
)


class StartPage(Page):
    """What to begin with; a server takes no made-up past from anybody who logs in, so it is not offered there."""

    def __init__(self, *, is_server: bool = False) -> None:
        super().__init__(N_("How do you begin?"), "", forward=N_("Begin"))
        self._group = QButtonGroup(self)
        self.cards: dict[Begin, ChoiceCard] = {}
        for number, offer in enumerate(_OFFERS):
            card = ChoiceCard(offer.title, offer.text, icons.icon(offer.icon, "accent"))
            self._group.addButton(card, number)
            self.cards[offer.begin] = card
            self.body.addWidget(card)
        self.cards[Begin.DEMO].setVisible(not is_server)
        self.cards[Begin.IMPORT if is_server else Begin.DEMO].setChecked(True)

    def begin(self) -> None:
        """The choice made."""
        self.cards[self.choice()].setFocus(Qt.FocusReason.OtherFocusReason)

    def choice(self) -> Begin:
        """What was chosen."""
        return _OFFERS[max(0, self._group.checkedId())].begin
