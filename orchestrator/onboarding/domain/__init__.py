"""What orders, steps and tenants are: pure."""
