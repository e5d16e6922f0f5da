"""The wall: who does what at this moment, and what came of today's calls."""
