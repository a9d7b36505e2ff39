"""Channels: bytes in become plain values, decided values become bytes out. One package per channel."""
