"""Users, their groups and roles, and who is asking."""
