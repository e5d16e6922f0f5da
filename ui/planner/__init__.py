"""The planner: technicians over time above, the calls that wait to be planned below."""
