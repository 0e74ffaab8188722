"""Long tasks with progress, cancellation, deadlines and a life beyond a restart."""
