"""Loading the settings, and saying what is wrong with them in the names that a person wrote."""

from __future__ import annotations

import os
import tomllib
from collections.abc import Iterator
from difflib import get_close_matches
from pathlib import Path

from pydantic import SecretStr, ValidationError
from pydantic_core import ErrorDetails
from pydantic_settings import SettingsError

from infra.settings import Settings

PREFIX = "TRUNKLINE_"
DEFAULT_FILE = "trunkline.toml"
#: Variables that are not settings of the product itself.
OTHERS = (
    "TRUNKLINE_TEST_",
    "TRUNKLINE_SIMULATION_",
    "TRUNKLINE_URL",
    "TRUNKLINE_AGENT",
    "TRUNKLINE_SETTINGS",
    "TRUNKLINE_SECRETS_DIR",
)
MAX_SECRET_BYTES = 64 * 1024
_SECRETS = tuple(name for name, field in Settings.model_fields.items() if "SecretStr" in str(field.annotation))


class BadSettings(Exception):
    """The settings cannot be used; each fault on a line of its own, never with a secret in it."""

    def __init__(self, faults: list[str]) -> None:
        self.faults = faults
        super().__init__("\n".join(faults))


def load_settings(file: Path | None = None) -> Settings:
    """The settings in force. `file` goes before `TRUNKLINE_SETTINGS` and `./trunkline.toml`. Raises `BadSettings`."""
    faults = list(_unknown_variables())
    given, secret_faults = _secrets_from_files()
    faults.extend(secret_faults)
    toml = _toml(file, faults)
    folder = os.environ.get("TRUNKLINE_SECRETS_DIR") or None
    if folder is not None and not Path(folder).is_dir():
        faults.append(f"TRUNKLINE_SECRETS_DIR: {folder} is no folder")
    if faults:
        raise BadSettings(faults)
    located = type("Located", (Settings,), {"toml": toml, "__module__": __name__})
    try:
        return located(**{**given, "_secrets_dir": folder})
    except ValidationError as fault:
        raise BadSettings([_said(error) for error in fault.errors(include_url=False)]) from None
    except SettingsError as fault:
        raise BadSettings([f"{fault}: a list is written as JSON"]) from None


def _unknown_variables() -> Iterator[str]:
    """A misspelt variable would be passed over in silence otherwise."""
    known = {PREFIX + name.upper() for name in Settings.model_fields}
    known |= {f"{PREFIX}{name.upper()}_FILE" for name in _SECRETS}
    for name in sorted(os.environ):
        if name.startswith(PREFIX) and name.upper() not in known and not name.startswith(OTHERS):
            close = get_close_matches(name, known, n=1)
            yield f"{name}: there is no such setting" + (f"; did you mean {close[0]}?" if close else "")


def _secrets_from_files() -> tuple[dict[str, SecretStr], list[str]]:
    """Secrets named by `TRUNKLINE_…_FILE`, as container platforms hand them over."""
    found: dict[str, SecretStr] = {}
    faults: list[str] = []
    for name in _SECRETS:
        variable = f"{PREFIX}{name.upper()}_FILE"
        path = os.environ.get(variable)
        if not path:
            continue
        if os.environ.get(PREFIX + name.upper()):
            faults.append(f"{variable}: {PREFIX}{name.upper()} is set too; keep one of them")
            continue
        try:
            found[name] = SecretStr(read_secret(Path(path)))
        except (OSError, ValueError) as fault:
            faults.append(f"{variable}: {path} {_reason(fault)}")
    return found, faults


def read_secret(path: Path) -> str:
    """A small text file without the line end. Raises `OSError`, `ValueError`."""
    with path.open("rb") as file:
        content = file.read(MAX_SECRET_BYTES + 1)
    if len(content) > MAX_SECRET_BYTES:
        raise ValueError("is too long for a secret")
    try:
        return content.decode("ascii").rstrip("\r\n")
    except UnicodeDecodeError:
        raise ValueError("is not text: write the secret as base64, as `openssl rand -base64 32` does") from None


def _toml(file: Path | None, faults: list[str]) -> Path | None:
    named = file or (Path(os.environ["TRUNKLINE_SETTINGS"]) if os.environ.get("TRUNKLINE_SETTINGS") else None)
    path = named or Path(DEFAULT_FILE)
    if named is None and not path.exists():
        return None
    try:
        values = tomllib.loads(path.read_text(encoding="utf-8"))
    except OSError as fault:
        faults.append(f"{path}: {_reason(fault)}")
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as fault:
        faults.append(f"{path}: not TOML: {fault}")
    else:
        for name in values.keys() - Settings.model_fields.keys():
            close = get_close_matches(name, Settings.model_fields, n=1)
            faults.append(f"{path}: there is no setting {name!r}" + (f"; did you mean {close[0]!r}?" if close else ""))
    return path


def _reason(fault: Exception) -> str:
    return f"cannot be read: {fault.strerror}" if isinstance(fault, OSError) else str(fault)


def _said(error: ErrorDetails) -> str:
    message = error["msg"].removeprefix("Value error, ")
    if not error["loc"]:
        return message
    first, *rest = map(str, error["loc"])
    within = "".join(f"[{part}]" if part.isdigit() else f".{part}" for part in rest)
    return f"{PREFIX}{first.upper()}{within} ({first} in {DEFAULT_FILE}): {message}"
