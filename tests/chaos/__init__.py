"""What breaks, and what must not come of it."""
