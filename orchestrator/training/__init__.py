"""Exercises: scenarios that a scripted caller plays on the true path, and feedback on how they went."""
