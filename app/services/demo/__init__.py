"""The demo company, loaded as a real one would be."""
