"""Accounts, sessions, tokens, idempotency keys and presence leases: kept beside the log, never in it."""
