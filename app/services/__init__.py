"""What the program does, as functions over a session that return frozen rows; none of them commits."""
