"""Campaigns, pools, the next customer, calls and their results."""
