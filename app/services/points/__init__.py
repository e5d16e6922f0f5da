"""Settings, ledger, balances, chart and reports of points."""
