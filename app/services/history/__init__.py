"""What the audit log answers: the history of a card in words, and rows as they stood at a past moment."""
