"""The task points summary among the reports."""
