"""Tickets: the list, the card, and what is done for them."""
