"""Qt plumbing every screen stands on: background work, events, commands, messages, looks and languages.

With its first module PySide puts an `import` of its own in place of the one there was. It serves `from __feature__
import ...`, which nothing here uses, and reads the source of every module that comes later: it is taken away again.
"""

import builtins
from importlib import import_module

import_module("PySide6.QtCore")
vars(builtins)["__import__"] = getattr(builtins, "__orig_import__", builtins.__import__)
