"""The library: records of videos, their storage and search."""
