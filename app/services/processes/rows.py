"""What the services about the company's tables give back and take."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class NamedRow:
    """A row that is a name: a practice or a site; `uses` counts what stands on it."""

    id: int
    version: int
    name: str
    uses: int


@dataclass(frozen=True, slots=True)
class TypeRow:
    """An activity type as the set-up screen lists it."""

    id: int
    version: int
    name: str
    practice_id: int | None
    practice: str
    macro_type: str
    expected_minutes: int
    colour: str
    is_schedulable: bool
    any_site: bool
    back_office_group_id: int | None
    back_office: str
    is_active: bool
    numerator_id: int | None
    notifies: bool


@dataclass(frozen=True, slots=True)
class TypeDraft:
    """What an administrator says about an activity type."""

    name: str
    practice_id: int | None = None
    macro_type: str = "intervention"
    expected_minutes: int = 60
    colour: str = "#77AADD"
    is_schedulable: bool = True
    any_site: bool = False
    back_office_group_id: int | None = None
    is_active: bool = True
    numerator_id: int | None = None
    notifies: bool = True


@dataclass(frozen=True, slots=True)
class StateRow:
    """An activity state; a built-in one has a code and is shown from the catalogue until it gets a name."""

    id: int
    version: int
    code: str | None
    name: str | None
    colour: str
    is_final: bool
    position: int
    is_waiting: bool


@dataclass(frozen=True, slots=True)
class StateDraft:
    """What an administrator says about an activity state."""

    name: str | None
    colour: str
    is_final: bool = False
    is_waiting: bool = False


@dataclass(frozen=True, slots=True)
class Subtype2:
    """A sub-type of level 2; a new one has no id yet."""

    name: str
    id: int | None = None


@dataclass(frozen=True, slots=True)
class Subtype:
    """A sub-type with the second level under it; a new one has no id yet."""

    name: str
    id: int | None = None
    parts: tuple[Subtype2, ...] = ()


@dataclass(frozen=True, slots=True)
class TicketTypeRow:
    """A ticket type with its sub-types in order of name."""

    id: int
    version: int
    name: str
    activity_type_id: int | None
    activity_type: str
    due_hours: int | None
    priority: int | None
    process_id: int | None
    process: str
    numerator_id: int | None
    subtypes: tuple[Subtype, ...]


@dataclass(frozen=True, slots=True)
class TicketTypeDraft:
    """What an administrator says about a ticket type; sub-types are added, and removed where no ticket has them.

    Its tickets have `priority` until somebody sets another by hand.
    """

    name: str
    activity_type_id: int | None = None
    subtypes: tuple[Subtype, ...] = ()
    due_hours: int | None = None
    priority: int | None = None
    process_id: int | None = None
    numerator_id: int | None = None


@dataclass(frozen=True, slots=True)
class Offered:
    """A row to choose in a form; an inactive one stays where it is chosen."""

    id: int
    name: str
    is_active: bool
