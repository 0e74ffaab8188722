"""Running the ffmpeg and ffprobe programs."""
