"""Rules: what is done with videos that come, change, fail or match a search."""
