"""The campaigns' screen: their rules, results, forms and people, and what other packages say about them."""
