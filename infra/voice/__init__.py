"""Calls, wired: what providers ask and tell becomes turns and commands; what the log says becomes calls."""
