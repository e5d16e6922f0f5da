"""The only place where engines, sessions and transactions are born."""
