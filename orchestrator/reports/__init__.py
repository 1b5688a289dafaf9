"""Reports from use: what became of calls, what video changed, and an export for research that singles out no one."""
