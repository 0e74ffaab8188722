"""One module for each command, loaded only to describe and to start it."""
