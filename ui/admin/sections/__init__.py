"""The lists of Set-up, one module each: columns, fields and services."""
