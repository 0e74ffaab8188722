"""Renders: files made from videos of the library, from the request to the published result."""
