"""The guards of the points ledger, in the words of each engine."""
