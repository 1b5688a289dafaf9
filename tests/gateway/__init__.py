"""Tests against a real Janus and a real network."""
