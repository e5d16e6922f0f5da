"""Kinds of work, the stages tasks move through, and who gets them."""

from app.domain.processes.kinds import LONGEST_MINUTES, MACRO_TYPES, SHORTEST_MINUTES, STATE_COLOURS, state_name

__all__ = ["LONGEST_MINUTES", "MACRO_TYPES", "SHORTEST_MINUTES", "STATE_COLOURS", "state_name"]
