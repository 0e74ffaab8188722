"""The run of a render: sources, frame index, ffmpeg, checks and publishing, as a job."""
