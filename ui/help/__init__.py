"""Help: pages for the people who use the program, opened by F1 at the one that fits the screen in front."""
