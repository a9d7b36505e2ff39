"""`/docs`: the API's description as one plain page, made here: nothing is loaded from anybody else's server."""

from __future__ import annotations

import json
from typing import Any

from fastapi import APIRouter, Depends, Request
from fastapi.responses import HTMLResponse

from web.doors import Wired
from web.guard import public
from web.pages.rendering import render

router = APIRouter(tags=["reference"], dependencies=[Depends(public)], include_in_schema=False)


@router.get("/docs", response_class=HTMLResponse)
async def reference(request: Request, doors: Wired) -> HTMLResponse:
    """Every operation with who may call it, its parameters, an example body and a command line to copy."""
    schema = request.app.openapi()
    groups: dict[str, list[dict[str, Any]]] = {}
    for path, methods in schema["paths"].items():
        for method, operation in methods.items():
            shown = _operation(schema, doors.settings.base_url, path, method, operation)
            groups.setdefault(operation.get("tags", ["pages"])[0], []).append(shown)
    return render("reference.html", "en", info=schema["info"], groups=groups)


def _operation(
    schema: dict[str, Any], base_url: str, path: str, method: str, operation: dict[str, Any]
) -> dict[str, Any]:
    body = _body(schema, operation)
    return {
        "id": operation["operationId"],
        "method": method.upper(),
        "path": path,
        "text": operation.get("description", operation.get("summary", "")),
        "roles": operation.get("x-roles"),
        "parameters": operation.get("parameters", []),
        "body": body,
        "curl": _curl(base_url + path, method, body, bool(operation.get("x-roles"))),
    }


def _body(schema: dict[str, Any], operation: dict[str, Any]) -> str | None:
    """An example of the body, made of the fields' own examples."""
    content = operation.get("requestBody", {}).get("content", {}).get("application/json")
    if content is None:
        return None
    return json.dumps(_example(schema, content["schema"]), ensure_ascii=False)


def _example(schema: dict[str, Any], part: dict[str, Any]) -> Any:
    if "$ref" in part:
        return _example(schema, schema["components"]["schemas"][part["$ref"].rpartition("/")[2]])
    for key in ("examples", "enum"):
        if key in part:
            return part[key][0]
    if "const" in part or "default" in part:
        return part.get("const", part.get("default"))
    if "anyOf" in part:
        return _example(schema, part["anyOf"][0])
    match part.get("type"):
        case "object":
            return {name: _example(schema, p) for name, p in part.get("properties", {}).items()}
        case "array":
            return [_example(schema, part.get("items", {}))]
        case "integer" | "number":
            return 0
        case "boolean":
            return True
        case _:
            return "…"


def _curl(url: str, method: str, body: str | None, signed: bool) -> str:
    words = ["curl"]
    if method != "get":
        words.append(f"-X {method.upper()}")
    if signed:
        words.append("-H 'Authorization: Bearer TOKEN'")
    if body is not None:
        quoted = body.replace("'", "'\\''")
        words.append(f"-H 'Content-Type: application/json' -d '{quoted}'")
    return " ".join([*words, f"'{url}'"])
