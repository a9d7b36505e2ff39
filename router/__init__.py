"""The router: a board folded from events, a policy and a time in; commands out."""

from router.router import Explanation, Router
from router.rules import Excluded, Verdict

__all__ = ["Excluded", "Explanation", "Router", "Verdict"]
