"""Recordings of calls: where they are kept, and for how long."""
