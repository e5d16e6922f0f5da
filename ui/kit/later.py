"""Modules that other packages ask for and a desktop seldom uses: they are imported when something of them is used."""

import sys
from collections.abc import Callable
from importlib import import_module
from threading import RLock
from types import ModuleType
from typing import Any

__all__ = ["put_off"]

_LOCK = RLock()


class _Later(ModuleType):
    """Stands where the module will be, and hands on what it is asked for."""

    def __getattr__(self, name: str) -> Any:
        # Whoever looks through all modules asks for names of this kind; only these two mean a use.
        if name.startswith("__") and name not in {"__path__", "__all__"}:
            raise AttributeError(name)
        return getattr(_real(self.__name__), name)


def put_off(name: str, *functions: str) -> None:
    """Import the module at its first use; `functions` of it may be taken before without being a use.

    A module that is there already stays as it is.
    """
    if name in sys.modules:
        return
    standing = _Later(name)
    for function in functions:
        setattr(standing, function, _caller(name, function))
    sys.modules[name] = standing
    parent, _dot, child = name.rpartition(".")
    if parent:
        setattr(import_module(parent), child, standing)


def _caller(name: str, function: str) -> Callable[..., Any]:
    def call(*args: Any, **kwargs: Any) -> Any:
        return getattr(_real(name), function)(*args, **kwargs)

    return call


def _real(name: str) -> ModuleType:
    with _LOCK:
        if isinstance(sys.modules.get(name), _Later):
            del sys.modules[name]
        return import_module(name)
