"""The panes of the dial desk: who, what to say and ask, what was done before, and why nobody is to be called."""
