"""The points of stages: their fields, the settings they had, and what last month would have been."""
