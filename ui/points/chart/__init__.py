"""The monthly chart: bars, their legend, the table of the same numbers and the picture; imported when it is shown."""
