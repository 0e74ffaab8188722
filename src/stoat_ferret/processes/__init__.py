"""Child processes and a pool of workers that can be killed; nothing here is about media."""
