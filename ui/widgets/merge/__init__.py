"""What a card does when somebody else saved the row it shows: fields put together, clashes chosen side by side."""
