"""Tests of orchestrator.backoffice."""
