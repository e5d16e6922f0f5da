"""Backups of both engines: made while people work, looked at before anything is done with them, put back whole."""
