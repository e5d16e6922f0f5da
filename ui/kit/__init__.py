"""Qt plumbing every screen stands on: background work, events, commands, messages, looks and languages.

It also sees to it that modules come in quickly. SQLAlchemy asks for asyncio and importlib.metadata, of which a desktop
uses nothing: they are put off. And with its first module PySide puts an `import` of its own in place of the one there
was; it serves `from __feature__ import ...`, which nothing here uses, and reads the source of every module that comes
later: it is taken away again.
"""

import builtins
from importlib import import_module

from ui.kit.later import put_off

put_off("asyncio", "iscoroutine")
put_off("importlib.metadata")
import_module("PySide6.QtCore")
vars(builtins)["__import__"] = getattr(builtins, "__orig_import__", builtins.__import__)
