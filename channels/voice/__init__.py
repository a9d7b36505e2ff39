"""The telephone, whatever provider carries it."""
