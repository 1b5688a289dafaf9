"""HTTP and WebSocket handlers: parse, call a use case, answer."""
