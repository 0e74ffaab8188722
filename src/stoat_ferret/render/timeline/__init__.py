"""Timelines of editors (OpenTimelineIO): read as requests, and written from them."""
