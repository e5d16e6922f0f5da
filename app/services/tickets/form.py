"""An enquiry as a web form sends it: which fields there are, and what is wrong with one that was sent."""

import json
from collections.abc import Mapping

from app.domain.errors import Refused
from app.domain.words import N_, Message, message
from app.i18n import LANGUAGES
from app.services.tickets.intake import Intake, problems

CHANNEL = "form"
LARGEST = 1_000_000
"""So many characters one enquiry may have."""

SAMPLE: Mapping[str, str] = {
    "subject": "Boiler leaks",
    "description": "Water on the floor",
    "name": "Ruth Cohen",
    "email": "ruth@example.com",
    "phone": "+972 50 123 4567",
    "language": "he",
    "reference": "form-1042",
}
"""Every field there is. Needed are the subject and an address or a number; one reference is one ticket."""

_TEXTS = ("subject", "description", "name", "email", "phone")


def sample() -> str:
    """What a form sends, to be copied."""
    return json.dumps(SAMPLE, indent=2, ensure_ascii=False)


def read_form(text: str) -> Intake:
    """The enquiry in this JSON; what is wrong with it is told in one sentence."""
    if len(text) > LARGEST:
        raise _wrong(message(N_("An enquiry has at most {most} characters."), most=LARGEST))
    try:
        found = json.loads(text)
    except json.JSONDecodeError as error:
        said = message(N_("This is not JSON: line {line}, column {column}."), line=error.lineno, column=error.colno)
        raise _wrong(said) from error
    except RecursionError as error:
        raise _wrong(message(N_("An enquiry is one object of fields and texts."))) from error
    if not isinstance(found, dict):
        raise _wrong(message(N_("An enquiry is one object of fields and texts.")))
    return from_fields(found)


def from_fields(fields: Mapping[str, object]) -> Intake:
    """The enquiry of these fields."""
    texts: dict[str, str] = {}
    for name, value in fields.items():
        if name not in SAMPLE:
            known = ", ".join(SAMPLE)
            raise _wrong(message(N_("There is no field “{name}”. There are {known}."), name=name, known=known))
        if not isinstance(value, str):
            raise _wrong(message(N_("The value of “{name}” has to be a text."), name=name))
        texts[name] = value.replace("\0", "")
    language = texts.get("language", "").strip() or None
    if language is not None and language not in LANGUAGES:
        raise _wrong(message(N_("Callboard does not speak this language.")))
    subject, description, name, email, phone = (texts.get(each, "") for each in _TEXTS)
    reference = texts.get("reference", "").strip() or None
    intake = Intake(
        subject, description, name, email, phone, channel=CHANNEL, language=language, external_key=reference
    )
    if wrong := problems(intake):
        raise _wrong(next(iter(wrong.values())))
    return intake


def _wrong(what: Message) -> Refused:
    return Refused("FORM", what, message(N_("Nothing was saved.")))
