"""What one person may choose about looks, language and the planner."""
