"""Explaining and re-deciding the decisions of a stored log."""
