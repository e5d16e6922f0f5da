"""The steps of the schema; a released step is never edited."""
