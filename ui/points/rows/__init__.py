"""The table of rows of the ledger, for the report and for what stands behind a bar of the chart."""
