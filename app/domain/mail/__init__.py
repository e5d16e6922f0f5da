"""Mail as such: what it tells of, whom it goes to, how its text is made, what can go wrong."""
