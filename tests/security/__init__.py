"""What each log-in may do on the server, tried with bare psycopg against data that say what is right."""
