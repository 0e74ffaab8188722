"""The commands, one module each, imported only to describe and to start it."""
