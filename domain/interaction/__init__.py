"""Interactions: one contact of one customer on one channel, worked in legs."""
