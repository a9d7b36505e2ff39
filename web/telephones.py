"""At which telephone an agent's calls ring: the browser, unless the centre's document names another."""

from __future__ import annotations

from typing import Literal

from web.doors import Doors

#: `none`: no account of the settings carries calls to browsers.
Rings = Literal["browser", "elsewhere", "none"]


def rings_at(doors: Doors, agent_id: str) -> Rings:
    """By the documents as they were last read."""
    entries = (centre.agents.get(agent_id) for centre in doors.documents.centres.values())
    entry = next((one for one in entries if one is not None), None)
    if entry is not None and entry.telephone:
        return "elsewhere"
    return "browser" if entry is not None and doors.telephones else "none"
