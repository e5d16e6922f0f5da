"""The desktop: everything that imports Qt."""
