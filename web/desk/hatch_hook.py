"""Lets every wheel carry the desk, built: who installs a wheel needs no Node."""

from __future__ import annotations

import importlib.util
from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface


class DeskHook(BuildHookInterface):  # type: ignore[type-arg]
    """Builds the bundle before a wheel is put together; a checkout installed for work builds it by `make install`."""

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        if version == "editable":
            return
        spec = importlib.util.spec_from_file_location("desk_build", Path(self.root) / "web" / "desk" / "build.py")
        assert spec is not None
        assert spec.loader is not None
        build = importlib.util.module_from_spec(spec)
        spec.loader.exec_module(build)
        build.bundle()
