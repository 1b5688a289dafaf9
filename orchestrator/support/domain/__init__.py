"""What a case, its answers and a service message are. Pure."""
