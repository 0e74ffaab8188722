"""Render plans, computed purely from a request and facts about its sources."""
