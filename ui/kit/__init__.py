"""Qt plumbing every screen stands on: background work, events, commands, messages, looks and languages."""
