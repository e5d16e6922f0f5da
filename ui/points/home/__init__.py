"""The page of points at home: the month first, its chart, and the rows behind a bar."""
