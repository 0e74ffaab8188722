"""One file for each kind of thing the HTTP interface serves."""
