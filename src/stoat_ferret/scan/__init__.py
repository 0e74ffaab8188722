"""Scans of folders: find files, detect changes, read media."""
