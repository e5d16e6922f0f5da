"""The card of one ticket: its head, its fields, what was done for it, and what can be done with it as a whole."""
