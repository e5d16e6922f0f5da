"""Rules and value objects in plain Python: no database, no Qt, no clock of their own."""
