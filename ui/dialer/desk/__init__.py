"""The desk where an agent works his calls."""
