"""The HTTP door: a JSON API with server-sent events, accounts, and the customers' pages."""
