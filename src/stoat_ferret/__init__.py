"""stoat-ferret: a self-hosted video library that stays responsive while it works."""

__version__ = "0.1.0"
