"""Reconciliation of the library with the files that a scan found."""
