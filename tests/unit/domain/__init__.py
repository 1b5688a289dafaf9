"""The domain, asked for anything in any order."""
