"""Child processes and a pool of killable workers; independent of media."""
