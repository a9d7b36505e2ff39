"""Follow-ups: a further contact, planned for a time, that becomes work for an agent or a queue then."""
