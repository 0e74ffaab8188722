"""Watching of scanned folders: notices what changes in them, and has that scanned."""
