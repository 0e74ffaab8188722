"""The routers, one file for each resource of the HTTP interface."""
