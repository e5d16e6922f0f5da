"""The tables an administrator shapes: practices, activity types and states, ticket types, sites."""
