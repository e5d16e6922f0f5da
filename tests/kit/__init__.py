"""What tests share: databases, the main window, demo rows."""
