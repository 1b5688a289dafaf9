"""The use cases of a call, and which node owns it."""
