"""From order to first call: who wants the service, what is left to do, and when a central's doors open."""
