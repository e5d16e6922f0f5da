"""The way in: the first start's assistant, the log-in of a single seat, the connection to a server."""
