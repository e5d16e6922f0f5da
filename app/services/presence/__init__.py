"""Who is at which card right now, told to whoever opens the same one."""
