"""The caller's page, in a real browser against the real system."""
