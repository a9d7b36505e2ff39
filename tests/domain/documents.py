"""The centre and project that the domain's tests are about."""

from __future__ import annotations

from typing import Any

from domain.centre.documents import CentreDocument, ProjectDocument

BOTH = {"hotline/billing": {}, "hotline/technical": {}, "hotline/ringing": {}}


def centre(**changes: Any) -> CentreDocument:
    agents = {name: {"name": name.title(), "site": "paris", "profile": "mixed"} for name in ("anna", "boris", "clara")}
    document: dict[str, Any] = {
        "schema_version": 1,
        "centre": "demo",
        "title": "Demo",
        "pool": "main",
        "sites": {"paris": {"title": "Paris"}, "warsaw": {"title": "Warsaw"}},
        "skills": {"french": {"title": "French"}},
        "profiles": {
            "mixed": {
                "capacity": 4,
                "channels": {"email": {"concurrency": 2, "units": 1}, "callback": {"concurrency": 1, "units": 3}},
                "queues": BOTH,
            },
            "calls": {"capacity": 1, "channels": {"callback": {"concurrency": 1}}, "queues": BOTH},
        },
        "agents": {**agents, "anna": {**agents["anna"], "skills": {"french": 5}}},
    }
    return CentreDocument.model_validate(document | changes)


def project(**changes: Any) -> ProjectDocument:
    document: dict[str, Any] = {
        "schema_version": 1,
        "project": "hotline",
        "title": "Hotline",
        "pool": "main",
        "departments": {
            "billing": {"title": "Billing", "queue": "billing"},
            "technical": {"title": "Technical", "queue": "technical"},
            "sales": {"title": "Sales", "queue": "ringing"},
        },
        "queues": {
            "billing": {"title": "Billing", "target": 3600, "offer": {"timeout": 30, "misses": 2}},
            "technical": {
                "title": "Technical",
                "priority": 3,
                "skills": {"french": 4},
                "wrap_up": {"mode": "mandatory", "limit": 60, "default_disposition": "not_stated"},
            },
            "ringing": {"title": "Ringing", "offer": {"ring_width": 2}, "wrap_up": {"mode": "optional"}},
        },
        "mailboxes": {
            "help": {"address": "help@example.com", "title": "Help", "department": "billing"},
            "tech": {"address": "tech@example.com", "title": "Tech", "department": "technical", "language": "fr"},
            "sales": {
                "address": "sales@example.com",
                "title": "Sales",
                "department": "sales",
                "automatic_mail": "queue",
            },
        },
        "callbacks": {"queue": "billing", "horizon": 7 * 86_400},
        "status": {"sender": "help"},
    }
    return ProjectDocument.model_validate(document | changes)
