"""Tests of exercises: scenarios and feedback."""
