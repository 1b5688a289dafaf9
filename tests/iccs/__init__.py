"""ICCS, the centres' control-room communication system, as far as it speaks to Klarsyn."""
