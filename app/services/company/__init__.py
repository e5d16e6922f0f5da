"""The company: its name, country, time zone, language and holidays, and its first start."""
