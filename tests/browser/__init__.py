"""Tests of the two pages in real browsers."""
