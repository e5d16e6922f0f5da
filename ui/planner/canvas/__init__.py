"""The painted board: technicians' rows over time, drawn by hand so that a thousand of them scroll like ten."""
