"""Tests of orchestrator.calls."""
