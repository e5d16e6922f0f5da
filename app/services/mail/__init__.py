"""Mail going out: written into the outbox beside what it tells of, sent afterwards by whoever sends."""
