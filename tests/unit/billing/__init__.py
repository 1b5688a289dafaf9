"""Tests of orchestrator/billing."""
