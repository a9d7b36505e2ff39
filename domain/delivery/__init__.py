"""Deliveries: something to be sent to a customer, and every attempt at it."""
