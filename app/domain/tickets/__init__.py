"""Tickets: their order in a list, what a card must hold, and what things are called."""
