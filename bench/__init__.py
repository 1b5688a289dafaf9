"""Measurements that anyone can repeat, each with a reference in the same run."""
