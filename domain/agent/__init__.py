"""Agents: who they are, what they can do, whether they are ready and what they hold."""
