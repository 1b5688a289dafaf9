"""Load: whole calls without browsers against one node on one core, and what they cost."""
