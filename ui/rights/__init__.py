"""What one's own log-in may see and change, asked of the server itself."""
