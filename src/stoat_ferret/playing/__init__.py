"""Playing videos that a browser cannot play as they are: HTTP Live Streaming on demand."""
