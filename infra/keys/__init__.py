"""Customers' keys: AES-256-GCM under one random key a customer, each wrapped by one master key."""
