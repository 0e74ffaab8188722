"""Pictures made from videos: their storage, and the job that makes storyboards."""
