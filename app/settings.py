"""Every setting of this computer declared once, with its type, default and allowed values, kept in one JSON file."""

import json
import os
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, ClassVar, Generic, Self, TypeVar, overload

import platformdirs

from app.domain.words import N_

__all__ = ["KnownDatabase", "Setting", "SettingStore", "Settings", "data_folder"]

T = TypeVar("T")


def data_folder() -> Path:
    """Where this user's database, settings and log live; the variable CALLBOARD_DATA moves it."""
    moved = os.environ.get("CALLBOARD_DATA")
    return Path(moved) if moved else platformdirs.user_data_path("callboard", appauthor=False)


class Setting(Generic[T]):
    """One declared setting, a typed attribute of its store; what the file should not hold reads as default."""

    def __init__(
        self,
        key: str,
        default: T,
        *,
        choices: Sequence[T] | None = None,
        accept: Callable[[T], bool] | None = None,
        about: str = "",
    ) -> None:
        self.key = key
        self.default = default
        self.choices = choices
        self.about = about
        self._accept = accept

    def __set_name__(self, owner: "type[SettingStore]", name: str) -> None:
        """Enter the setting into its store's list; two settings with one key are a mistake in the program."""
        declared = owner.__dict__.get("declared")
        if declared is None:
            declared = {}
            owner.declared = declared
        assert self.key not in declared, f"the setting {self.key} is declared twice"
        declared[self.key] = self

    @overload
    def __get__(self, store: None, owner: "type[SettingStore]") -> Self: ...
    @overload
    def __get__(self, store: "SettingStore", owner: "type[SettingStore]") -> T: ...
    def __get__(self, store: "SettingStore | None", owner: "type[SettingStore]") -> "Self | T":
        """The setting itself on the class, its value on a store."""
        return self if store is None else store.get(self)

    def __set__(self, store: "SettingStore", value: T) -> None:
        """Change and keep the value."""
        store.put(self, value)

    def accepts(self, value: object) -> bool:
        """Whether the value is of the default's type and allowed."""
        if type(value) is not type(self.default):
            return False
        if self.choices is not None and value not in self.choices:
            return False
        return self._accept is None or self._accept(value)


class SettingStore:
    """Values of declared settings in a JSON file; keys of other program versions in it are kept as they are."""

    declared: ClassVar[dict[str, Setting[Any]]]

    def __init__(self, path: Path) -> None:
        self.path = path
        self._values: dict[str, Any] = _read(path)
        self._listeners: list[Callable[[str], object]] = []

    def get(self, setting: Setting[T]) -> T:
        """The kept value, or the default when there is none or it makes no sense."""
        value = self._values.get(setting.key, setting.default)
        return value if setting.accepts(value) else setting.default

    def put(self, setting: Setting[T], value: T) -> None:
        """Keep a value, write the file and tell the listeners; an unchanged value does nothing."""
        if not setting.accepts(value):
            raise ValueError(f"{setting.key} cannot be {value!r}")
        if setting.key in self._values and self.get(setting) == value:
            return
        self._values[setting.key] = value
        _write(self.path, self._values)
        for listener in list(self._listeners):
            listener(setting.key)

    def listen(self, listener: Callable[[str], object]) -> None:
        """Call the listener with the key of every setting that changes."""
        self._listeners.append(listener)


def _read(path: Path) -> dict[str, Any]:
    try:
        values = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return values if isinstance(values, dict) else {}


def _write(path: Path, values: Mapping[str, Any]) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    fresh = path.with_suffix(".new")
    fresh.write_text(json.dumps(values, ensure_ascii=False, indent=1), encoding="utf-8")
    # One rename: a crash while writing leaves the old file, never half a one.
    fresh.replace(path)


@dataclass(frozen=True, slots=True)
class KnownDatabase:
    """A database this computer has opened, and when last (ISO 8601); the address never holds a password."""

    name: str
    url: str
    used: str = ""


class Settings(SettingStore):
    """The settings of this computer."""

    language = Setting("language", "", choices=("", "en", "it", "he"), about=N_("Language"))
    theme = Setting("appearance.theme", "system", choices=("system", "light", "dark"), about=N_("Theme"))
    density = Setting("appearance.density", "normal", choices=("normal", "compact"), about=N_("Density"))
    font_percent = Setting("appearance.font_percent", 100, accept=lambda size: 80 <= size <= 200, about=N_("Text size"))
    planner_snap = Setting("planner.snap_minutes", 15, choices=(5, 10, 15, 30, 60), about=N_("Planner step"))
    planner_axis = Setting("planner.axis", "language", choices=("language", "ltr"), about=N_("Time axis"))
    notify_tasks = Setting("tasks.notify", True, about=N_("Notify me of new tasks"))
    backup_folder = Setting("backup.folder", "", about=N_("Folder of the backups"))
    backups_kept = Setting("backup.kept", 14, accept=lambda days: 1 <= days <= 365, about=N_("Daily backups kept"))
    last_database = Setting("database.last", "", about=N_("Database"))
    _databases: Setting[list[Any]] = Setting("database.known", [])
    _open_lines: Setting[list[Any]] = Setting("database.open_lines", [])
    _users: Setting[dict[str, Any]] = Setting("database.last_users", {})
    _staying: Setting[dict[str, Any]] = Setting("database.staying", {})

    @classmethod
    def of_this_user(cls) -> "Settings":
        """The settings in the user's data folder."""
        return cls(data_folder() / "settings.json")

    @property
    def databases(self) -> tuple[KnownDatabase, ...]:
        """The databases opened before, the last one first."""
        kept = [entry for entry in self._databases if isinstance(entry, dict)]
        return tuple(KnownDatabase(*(str(entry.get(key, "")) for key in ("name", "url", "used"))) for entry in kept)

    def remember_database(self, database: KnownDatabase) -> None:
        """Put the database in front of the known ones."""
        others = [known for known in self.databases if known.url != database.url]
        self._databases = [asdict(known) for known in (database, *others)][:10]
        self.last_database = database.url

    def forget_database(self, url: str) -> None:
        """Offer the database no longer, and open another one next time."""
        self._databases = [asdict(known) for known in self.databases if known.url != url]
        if self.last_database == url:
            self.last_database = ""

    def takes_open_line(self, url: str) -> bool:
        """Whether the person was told that others can read the line to this server, and goes on."""
        return url in self._open_lines

    def take_open_line(self, url: str) -> None:
        """The person was told."""
        self._open_lines = [*(known for known in self._open_lines if known != url), url][-20:]

    def last_user(self, url: str) -> str:
        """Who logged in last to the database at this address."""
        return str(self._users.get(url, ""))

    def remember_user(self, url: str, login: str) -> None:
        """Remember who logged in, never the password."""
        self._users = {**self._users, url: login}

    def staying_user(self, url: str) -> str:
        """Who stays logged in to this single seat's file, so that a start is one step."""
        return str(self._staying.get(url, ""))

    def stay(self, url: str, login: str) -> None:
        """Let this user stay logged in, or with "" ask each time."""
        others = {known: who for known, who in self._staying.items() if known != url}
        self._staying = others | ({url: login} if login else {})
