"""Tests of cases and service messages."""
