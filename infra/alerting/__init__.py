"""Alerts: watching the figures, and telling people by mail and webhook."""
