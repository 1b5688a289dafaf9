"""Tests of the Janus client against a fake gateway."""
