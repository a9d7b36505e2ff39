"""Customers: who contacts the centre, by which addresses, and what is known of them."""
