"""Redis breaks under traffic, in every way; what was acknowledged is compared with what is left."""
