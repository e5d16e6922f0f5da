"""The rules of the dial desk: who may be called, in which order, when, and what becomes of a call."""
