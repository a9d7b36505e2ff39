"""Texts (SMS) in a process: webhooks become commands, and what is to be sent goes through a provider."""
