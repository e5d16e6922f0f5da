"""The list of callbacks: mine, anyone's, the group's; moved, taken over and given away."""
