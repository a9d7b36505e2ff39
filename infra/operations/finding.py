"""What the doctor says: one thing that was looked at."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import dataclass
from typing import Literal


@dataclass(frozen=True, slots=True)
class Finding:
    """`severity`: ok, warning (it works, though not as it should) or fault. `mend`: what to do, empty where ok."""

    about: str
    severity: Literal["ok", "warning", "fault"]
    what: str
    mend: str = ""


Findings = AsyncIterator[Finding]
