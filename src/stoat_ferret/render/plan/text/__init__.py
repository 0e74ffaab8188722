"""The texts and subtitles of a render, drawn or kept as streams."""
