"""Peers as customers of the log: each webhook follows it from its own position."""
