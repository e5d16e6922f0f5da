"""Backups as people meet them: where they lie, how many are kept, which is the newest."""
