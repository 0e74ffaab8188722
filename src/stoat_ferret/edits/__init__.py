"""Jobs that edit many videos, and that undo such edits."""
