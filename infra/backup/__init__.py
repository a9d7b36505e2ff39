"""Copies of a centre that is running, and a centre from a copy."""
