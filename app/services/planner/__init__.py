"""The planner's services: the board, the calls that wait, every way of placing a visit, and what makes hours white."""
