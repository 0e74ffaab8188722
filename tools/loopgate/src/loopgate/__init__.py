"""A gate for blocking calls: finds synchronous calls that hold the event loop."""
