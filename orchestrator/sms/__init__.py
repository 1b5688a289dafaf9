"""One interface to text messages, and its adapters."""
