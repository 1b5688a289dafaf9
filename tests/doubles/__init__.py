"""Stand-ins for the systems around us, and real ones started for a test."""
