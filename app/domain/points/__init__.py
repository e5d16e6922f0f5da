"""Points of customers and workers: what scores, what is refused, and how months are compared."""
