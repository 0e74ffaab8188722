"""Packets that are copied without encoding, and where they can be cut."""
