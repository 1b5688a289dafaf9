"""Tests of orchestrator.http."""
