"""The composition root: whatever of Trunkline runs, imports this first.

Every channel is declared here and nowhere else: a package in `channels` with a module `channel` brings one of its own.
That happens on import, since a log can be read in many ways (a server, a replay, a rebuilt table) and each must know
the same channels.
"""

from __future__ import annotations

import importlib
import importlib.util
import pkgutil

import channels


def _declare_channels() -> None:
    for package in pkgutil.iter_modules(channels.__path__, "channels."):
        name = f"{package.name}.channel"
        if package.ispkg and importlib.util.find_spec(name) is not None:
            importlib.import_module(name)


_declare_channels()
