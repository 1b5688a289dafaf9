"""The screenshot tour: ``python -m tests.tour`` takes every state of both pages in three languages."""
