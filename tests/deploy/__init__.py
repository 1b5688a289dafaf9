"""The system as it is installed and started."""
