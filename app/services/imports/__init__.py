"""Importing technicians, customers and calls from CSV and XLSX files: one engine for the window and the command."""
