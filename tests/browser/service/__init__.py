"""Tests of the pages from order to first call, on a whole system."""
