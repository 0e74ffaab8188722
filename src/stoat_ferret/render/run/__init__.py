"""Running a render as a job: sources, frame index, ffmpeg, output check and publishing."""
