"""The material library and the handbook: documents in Markdown, found, searched, adapted locally and shown."""
