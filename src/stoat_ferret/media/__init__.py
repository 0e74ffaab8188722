"""What is in a media file, read in worker processes that can be killed."""
