"""How many files and connections this process may have open."""

from __future__ import annotations

import resource

#: More than any process of ours needs; a limit without end is not asked for.
MOST = 1 << 20


def raise_limit() -> int:
    """As many as the system allows us; how many that are.

    Systems begin with 1024, for programs that know no more: less than the desks of one web process.
    """
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = MOST if hard == resource.RLIM_INFINITY else min(hard, MOST)
    if soft == resource.RLIM_INFINITY or soft >= wanted:
        return MOST if soft == resource.RLIM_INFINITY else soft
    resource.setrlimit(resource.RLIMIT_NOFILE, (wanted, hard))
    return wanted
