"""Scanning a folder: which files, what changed, what is in them."""
