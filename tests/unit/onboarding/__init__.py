"""Tests of orchestrator.onboarding."""
