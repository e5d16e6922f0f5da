"""Mapped classes and nothing else; `app.models.whole` maps them all.

A desktop's start maps what its first screen asks for. A row is written only once all are mapped: foreign keys name
tables, and `app.backend` sees to it.
"""

from app.models.base import Base

__all__ = ["Base"]
