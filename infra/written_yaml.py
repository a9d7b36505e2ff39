"""A document as YAML for people to edit; `infra.marked_yaml` reads back the same values."""

from __future__ import annotations

from io import StringIO

from pydantic import BaseModel
from ruamel.yaml import YAML


def written(document: BaseModel) -> str:
    """The document in block style, in the order of its schema; what stands at its default is left out.

    Read by `infra.marked_yaml` it is the same document: texts that would be read as something else are quoted.
    """
    yaml = YAML(typ="safe", pure=True)
    yaml.default_flow_style = False
    yaml.sort_base_mapping_type_on_output = False  # type: ignore[assignment]  # in the schema's order, not A to Z
    yaml.allow_unicode = True
    yaml.width = 120
    out = StringIO()
    yaml.dump(document.model_dump(mode="json", exclude_defaults=True), out)
    return out.getvalue()
