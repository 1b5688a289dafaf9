"""Tests, and the doubles they run against."""
