"""What is typed and not saved yet, kept on this computer until the database has confirmed it."""
