"""What was done in the campaigns, on the screen and as files."""
