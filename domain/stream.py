"""Names of streams: a category, a dash and an id. The category decides which concept folds the stream."""

from __future__ import annotations


def stream_of(category: str, identity: str) -> str:
    """`stream_of("agent", "anna")` is `"agent-anna"`."""
    if not identity:
        raise ValueError(f"a stream of category {category!r} needs an id")
    return f"{category}-{identity}"


def category_of(stream: str) -> str:
    """The category of a stream name: what stands before its first dash."""
    return stream.partition("-")[0]


def identity_of(stream: str) -> str:
    """The id of a stream name: what stands behind its first dash."""
    return stream.partition("-")[2]
