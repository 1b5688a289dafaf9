"""Klarsyn's orchestrator: it turns phone calls into rooms and tells the gateway what to carry."""
