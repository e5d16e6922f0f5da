"""Rules of importing: which fields a kind of row has, which header means which, and what a cell says."""
