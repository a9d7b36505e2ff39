"""Events out to peers' systems, by the Standard Webhooks specification (https://www.standardwebhooks.com/, 1.0.0)."""
