"""The videos that are known, and how they are stored and found."""
