"""Tickets: a customer's matter, from the first contact to the rating, across interactions and departments."""
