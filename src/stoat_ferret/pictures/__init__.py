"""Pictures made from videos: where they are kept, and the job that makes storyboards."""
