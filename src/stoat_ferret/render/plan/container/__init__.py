"""The contents of a file beside pictures and sound, and the containers that can hold them."""
