"""A gate for blocking calls: what a synchronous call reaches from the event loop."""
