"""Redis: keys, records, locks and bus. The only place that knows key names."""
