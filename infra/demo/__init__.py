"""A whole centre with simulated people: customers with their own mail server, agents at API clients."""
