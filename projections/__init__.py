"""Read models: pure functions from events to rows, and typed queries over those rows."""
