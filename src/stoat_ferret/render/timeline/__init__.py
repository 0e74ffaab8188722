"""Timelines of editors (OpenTimelineIO): imported as requests, and exported from them."""
