"""Changes put into words: who changed what, from what to what."""

from app.domain.history.change import Change, FieldChange, Value
from app.domain.history.sentences import is_long, sentence, sentences

__all__ = ["Change", "FieldChange", "Value", "is_long", "sentence", "sentences"]
