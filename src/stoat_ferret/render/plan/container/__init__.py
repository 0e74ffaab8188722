"""What a file holds beside pictures and sound, and which containers can hold it."""
