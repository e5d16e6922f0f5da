"""Files that lie with a ticket: how large, how they are named, and which may be opened from the card."""

import re

from app.domain.errors import Refused
from app.domain.words import N_, message

LARGEST = 25 * 1024 * 1024
"""So many bytes a file may have."""

_OPENED = re.compile(
    r"avi|bmp|csv|docx?|eml|gif|heic|jpe?g|log|m4a|mov|mp3|mp4|odp|ods|odt|ogg|pdf|png|pptx?|rtf|tiff?|txt|vcf|wav|webp|"
    r"xlsx?"
)
_CONTROL = re.compile(r"[\x00-\x1f\x7f\u200e\u200f\u202a-\u202e\u2066-\u2069]")
_LONGEST_NAME = 150


def clean_name(name: str) -> str:
    """A name without a folder, without letters that hide its true ending, and short enough for every disk."""
    last = re.split(r"[\\/]", name)[-1]
    kept = re.sub(r'[<>:"|?*]', "_", _CONTROL.sub("", last)).strip(" .")
    if len(kept) > _LONGEST_NAME:
        stem, dot, ending = kept.rpartition(".")
        kept = f"{stem[: _LONGEST_NAME - len(ending) - 1]}{dot}{ending}" if dot else kept[:_LONGEST_NAME]
    return kept or "file"


def is_opened(name: str) -> bool:
    """Whether a program may show it; anything that could run or carry a script is only saved."""
    return _OPENED.fullmatch(clean_name(name).rpartition(".")[2].lower()) is not None


def too_large(name: str) -> Refused:
    """The refusal of a file over the limit."""
    return Refused(
        "TOO_LARGE",
        message(N_("{name} is larger than {size} MB."), name=name, size=LARGEST // 1024 // 1024),
        message(N_("It was not added. Add a smaller file, or say in a note where it lies.")),
    )
