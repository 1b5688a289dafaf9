"""The whole system on one machine for trying it out: what ``./run`` starts."""
