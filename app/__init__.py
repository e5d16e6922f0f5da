"""Everything of Callboard that needs no window: shared by the desktop, the web companion and the command line."""
