"""The customers' pages: plain server-rendered HTML that works without JavaScript. GET shows, POST acts.

A page is a module of this package with a `router`. What it needs of the application around it, it says itself: `RATES`
are limits of its own (see `web.throttle`), `ENDLESS` the paths whose answers are streams without an end.
"""

from __future__ import annotations

import importlib
import pkgutil
from functools import cache
from types import ModuleType

from fastapi import APIRouter


@cache
def _pages() -> tuple[ModuleType, ...]:
    found = (importlib.import_module(module.name) for module in pkgutil.iter_modules(__path__, f"{__name__}."))
    return tuple(module for module in found if isinstance(getattr(module, "router", None), APIRouter))


def routers() -> tuple[APIRouter, ...]:
    return tuple(page.router for page in _pages())


def rates() -> dict[str, str]:
    """Limits that pages bring, by kind."""
    return {kind: rule for page in _pages() for kind, rule in getattr(page, "RATES", {}).items()}


def endless() -> frozenset[str]:
    """Paths that may answer for ever."""
    return frozenset(path for page in _pages() for path in getattr(page, "ENDLESS", ()))
