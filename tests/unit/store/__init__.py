"""Tests of orchestrator.store."""
