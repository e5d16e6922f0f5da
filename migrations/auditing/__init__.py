"""What the audit log is made of: rules as data, and the triggers of each engine."""
