"""Who may see and change which rows of the tables up to 0017, feature by feature; later tables say it themselves."""
