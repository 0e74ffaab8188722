"""Media files: their facts and pictures, read in worker processes that can be killed."""
