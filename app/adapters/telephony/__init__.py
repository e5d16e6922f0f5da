"""Telephones behind one port: the system's own, Asterisk, baresip, and one that only pretends."""
