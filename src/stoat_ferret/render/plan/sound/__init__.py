"""The sound of a render: its tracks, their filters and channel layouts."""
