"""Customers: the list, the card, and finding one by anything a caller says."""
