"""Text messages through a real Kannel, to an SMSC that does as it is told."""
