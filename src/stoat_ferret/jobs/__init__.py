"""Background jobs with progress, cancellation and deadlines, persistent across restarts."""
