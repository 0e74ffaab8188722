"""The ffmpeg and ffprobe programs, and running them."""
