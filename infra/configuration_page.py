"""`docs/configuration.md`, made from the documents' and the settings' own models.

`python -m infra.configuration_page > docs/configuration.md`
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from pydantic import SecretStr
from pydantic_core import PydanticUndefined

from domain.centre.documents import CentreDocument, ProjectDocument
from infra.configuration_chapters import CHAPTERS
from infra.load_settings import PREFIX
from infra.schema_words import NAME, flow, in_words
from infra.settings import ImapMailbox, Settings, TwilioAccount, WebhookSecret

Node = Mapping[str, Any]
_NAMED = {"centre": "the centre's document", "project": "a project's document"}
#: What the keys of a mapping are, by its title, where they are no names.
_KEYS = {
    "Weekly": "weekdays",
    "Days": "dates",
    "Head Starts": "priorities",
    "Shares": "queues (project/queue)",
    "Handling By Level": "levels",
    "Queues": "queues",
}

_INTRODUCTION = """# Configuration

A centre is told by two kinds of YAML documents: one of the **centre** (who answers, where, and what each can
take) and one for each **project** (what comes in, where it goes, how it is offered). Each accepted version is
an event in the log, so any decision can be explained by the rules of its day. Addresses of databases, ports and
secrets are **settings**: they come from the environment or a file and never stand in the log.

    trunkline check examples/small.yaml      every fault with its line, what is wrong and what could stand there
    trunkline apply examples/small.yaml      checks, then puts it on record; agents are registered or brought up to date
    trunkline apply … --dry-run              says in words what would change, and changes nothing

`check` exits with 0 when all is well (warnings aside), 1 with faults, 2 when a file could not be read; `--json`
is for scripts. `apply` refuses documents that were made on an older revision when it is told which (`--expect
centre-demo=3`) and then exits with 4. Give the centre and its projects together, in one file separated by
`---`, or several, or a folder: whether a queue exists, and whether somebody has the skills it asks for, can
only be seen from both.

Files are YAML 1.2 in UTF-8: `no` and `on` are text, durations are whole seconds, names are lower-case letters,
digits and `_`. Anchors (`&a`, `*a`) work, tags do not. `examples/` holds centres to start from.

This page is made from the code: `python -m infra.configuration_page > docs/configuration.md`.
"""

_SETTINGS = """## Settings

Each stands in the environment as `TRUNKLINE_NAME`, or as `name` in `trunkline.toml` (another file:
`TRUNKLINE_SETTINGS`), or in a file `trunkline_name` of the folder `TRUNKLINE_SECRETS_DIR`; the first of these
counts. Secrets may be named by a file: `TRUNKLINE_MASTER_KEY_FILE=/run/secrets/master_key`. A variable that
begins with `TRUNKLINE_` and is none of these is a fault, since it is probably a misspelt one.

A centre on SQLite that has no master key makes one, in `master.key` of its data folder, readable by its owner
only, and says so: keep a copy elsewhere. With PostgreSQL the key must be given, since every process needs the
same. Fingerprints of addresses, customers' links, reply addresses and sessions are signed with keys derived
from `secret` (HKDF, RFC 5869).
"""


def configuration_page() -> str:
    """The whole page."""
    return "\n".join(_page()) + "\n"


def _page() -> Iterator[str]:
    yield _INTRODUCTION
    yield "## How work finds an agent"
    for chapter in CHAPTERS:
        yield ""
        yield f"### {chapter.title}"
        yield ""
        yield chapter.text
        if chapter.yaml:
            yield ""
            yield f"```yaml\n# in {_NAMED[chapter.part_of]}\n{chapter.yaml}```"
    yield ""
    yield "## The centre's document"
    yield from _document(CentreDocument.model_json_schema())
    yield ""
    yield "## A project's document"
    yield from _document(ProjectDocument.model_json_schema())
    yield ""
    yield _SETTINGS
    yield "| setting | what | default |"
    yield "|---|---|---|"
    yield from (_setting(name, field) for name, field in Settings.model_fields.items())
    yield ""
    yield "### `imap`"
    yield ""
    yield "In `trunkline.toml` each is a table `[[imap]]`."
    yield ""
    yield from _keys(ImapMailbox.model_json_schema(), {})
    yield ""
    yield "### `twilio`"
    yield ""
    yield "In `trunkline.toml` each is a table `[twilio.NAME]`; a number names it as its `provider`."
    yield ""
    yield from _keys(TwilioAccount.model_json_schema(), {})
    yield ""
    yield "### `webhooks`"
    yield ""
    yield 'In `trunkline.toml` each is a table `[webhooks."PROJECT/WEBHOOK"]`; see [webhooks.md](webhooks.md).'
    yield ""
    yield from _keys(WebhookSecret.model_json_schema(), {})


def _document(schema: Node) -> Iterator[str]:
    definitions = schema["$defs"]
    yield ""
    yield from _keys(schema, definitions)
    for where, node in _parts(schema, definitions, ""):
        yield ""
        yield f"### `{where}`"
        yield ""
        yield " ".join(node.get("description", "").split())
        yield ""
        yield from _keys(node, definitions)


def _parts(node: Node, definitions: Mapping[str, Node], above: str) -> Iterator[tuple[str, Node]]:
    """The mappings within, depth first, each by its path with NAME for what is named freely, `[]` for a list's."""
    for key, field in node["properties"].items():
        within, inner = _inner(field, definitions)
        if inner is not None and "properties" in inner:
            where = f"{above}{key}{within}"
            yield where, inner
            yield from _parts(inner, definitions, f"{where}.")


def _inner(field: Node, definitions: Mapping[str, Node]) -> tuple[str, Node | None]:
    """The mapping that stands behind a key, behind each name under it (`.NAME`) or in each place of a list (`[]`)."""
    for option in field.get("anyOf", (field,)):
        if "$ref" in option:
            return "", _definition(option, definitions)
        named = next(iter(option.get("patternProperties", {}).values()), option.get("additionalProperties"))
        if isinstance(named, Mapping) and "$ref" in named:
            return ".NAME", _definition(named, definitions)
        if "$ref" in option.get("items", {}):
            return "[]", _definition(option["items"], definitions)
    return "", None


def _definition(node: Node, definitions: Mapping[str, Node]) -> Node:
    return definitions[node["$ref"].rpartition("/")[2]]


def _keys(node: Node, definitions: Mapping[str, Node]) -> Iterator[str]:
    yield "| key | what | default |"
    yield "|---|---|---|"
    required = node.get("required", ())
    for key, field in node["properties"].items():
        default = "required" if key in required else f"`{flow(field['default'])}`" if "default" in field else ""
        yield f"| `{key}` | {_what(field, definitions)} | {default} |"


_MAPPINGS = {
    "": "a mapping, see below",
    ".NAME": "a mapping of names to mappings",
    "[]": "a list of mappings, see below",
}


def _what(field: Node, definitions: Mapping[str, Node]) -> str:
    within, inner = _inner(field, definitions)
    if inner is not None:
        kind = _MAPPINGS[within]
        kind += ", at least one" if field.get("minProperties") else ""
    else:
        kind = _kind(field)
    kind = kind.replace(NAME, "a name")
    more = field.get("description", "")
    return f"{kind}: {more}" if more and more not in kind else kind


def _kind(field: Node) -> str:
    """In words, with what a list or mapping holds."""
    options = [option for option in field.get("anyOf", (field,)) if option.get("type") != "null"]
    option = options[0]
    if option.get("type") == "array" and "items" in option:
        held = option["items"]
        shown = f" ({held['description']})" if "as in" in held.get("description", "") else ""
        return f"a list of: {_kind(held)}{shown}"
    named = next(iter(option.get("patternProperties", {}).values()), option.get("additionalProperties"))
    if isinstance(named, Mapping):
        return f"a mapping of {_KEYS.get(option.get('title', ''), 'names')} to {_kind(named)}"
    if option.get("format") in ("path", "password") or (option.get("type") == "string" and "minLength" not in option):
        return in_words(option) if "pattern" in option or "enum" in option else "text"
    return in_words(option)


def _setting(name: str, field: Any) -> str:
    kind = " *(secret)*" if "SecretStr" in str(field.annotation) else ""
    more = field.description or _kind(Settings.model_json_schema()["properties"][name])
    default = field.default
    if default is PydanticUndefined:
        shown = "`~/.local/share/trunkline`"
    elif default is None or default in ("", ()):
        shown = ""
    else:
        shown = f"`{default if not isinstance(default, SecretStr) else ''}`"
    return f"| `{PREFIX}{name.upper()}` | {more}{kind} | {shown} |"


if __name__ == "__main__":
    print(configuration_page(), end="")
