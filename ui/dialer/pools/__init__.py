"""The pools of a campaign: who works on them, in what order, and who is in them."""
