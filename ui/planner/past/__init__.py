"""The planner as it stood at a past minute, in a window beside the one that is worked in."""
