"""What an illegal command gets: a reason a person can read and a code a program can test."""

from __future__ import annotations


class Rejection(Exception):
    """The command is not possible in the present state; nothing was changed.

    `code` is stable (`offer_gone`, `no_capacity`); `reason` says what was wrong and, where there is a way,
    how to mend it.
    """

    def __init__(self, code: str, reason: str) -> None:
        self.code, self.reason = code, reason
        super().__init__(f"{code}: {reason}")


class NotFound(Rejection):
    """The thing that the command names does not exist (for this project)."""

    def __init__(self, what: str, identity: str) -> None:
        super().__init__("not_found", f"there is no {what} {identity!r}")
