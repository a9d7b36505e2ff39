"""The API's own description (OpenAPI 3.1): who may call what stands beside each operation."""

from __future__ import annotations

from typing import Any

from fastapi import FastAPI
from fastapi.openapi.utils import get_openapi

from web.access import TABLE, Permission
from web.guard import CSRF_HEADER

DESCRIPTION = f"""
Commands are POST and PUT requests, queries are GET requests. A command tells the log `position` it led to; give it
to a query as `min_position` and the query shows it. Repeat a command safely with the header `Idempotency-Key`.

Every fault is told as `application/problem+json` (RFC 9457), with a stable `code` and a `detail` that says how to
mend it. A browser signs in with `POST /api/session` and sends the header `{CSRF_HEADER}` with everything that writes;
a program sends `Authorization: Bearer TOKEN`.
"""
SCHEMES: dict[str, Any] = {
    "session": {"type": "apiKey", "in": "cookie", "name": "trunkline", "description": "Set by `POST /api/session`."},
    "csrf": {"type": "apiKey", "in": "header", "name": CSRF_HEADER, "description": "Told by `GET /api/session`."},
    "token": {"type": "http", "scheme": "bearer", "description": "An API token from `POST /api/tokens`."},
}
PROBLEM: dict[str, Any] = {
    "type": "object",
    "required": ["type", "title", "status", "code", "detail"],
    "properties": {
        "type": {"type": "string", "format": "uri"},
        "title": {"type": "string"},
        "status": {"type": "integer"},
        "code": {"type": "string"},
        "detail": {"type": "string"},
        "errors": {
            "type": "array",
            "items": {
                "type": "object",
                "properties": {"field": {"type": "string"}, "reason": {"type": "string"}, "kind": {"type": "string"}},
            },
        },
    },
    "examples": [
        {
            "type": "urn:trunkline:problem:offer_gone",
            "title": "Conflict",
            "status": 409,
            "code": "offer_gone",
            "detail": "this offer is no longer open; it was answered, timed out or taken back",
        }
    ],
}
WRITES = frozenset({"post", "put", "patch", "delete"})


def install(app: FastAPI) -> None:
    """Describe the app on first request for it."""

    def describe() -> dict[str, Any]:
        if app.openapi_schema is None:
            app.openapi_schema = _description(app)
        return app.openapi_schema

    app.openapi = describe


def _description(app: FastAPI) -> dict[str, Any]:
    from web.app import declared  # here, since web.app puts this module in

    schema = get_openapi(
        title=app.title,
        version=app.version,
        summary=app.summary,
        description=DESCRIPTION.strip(),
        routes=app.routes,
        separate_input_output_schemas=False,
    )
    components = schema.setdefault("components", {})
    components["securitySchemes"] = SCHEMES
    components.setdefault("schemas", {})["Problem"] = PROBLEM
    guards = declared(app)
    for path, methods in schema["paths"].items():
        for method, operation in methods.items():
            _complete(method, operation, guards[method.upper(), path].permission)
    return schema


def _complete(method: str, operation: dict[str, Any], permission: Permission) -> None:
    """Security, roles, and the form of every problem."""
    for status, response in operation.get("responses", {}).items():
        if status >= "400":
            response["content"] = {"application/problem+json": {"schema": {"$ref": "#/components/schemas/Problem"}}}
    operation["x-permission"] = permission.value
    if permission is Permission.PUBLIC:
        operation["security"] = []
        return
    operation["x-roles"] = sorted(TABLE[permission])
    session: dict[str, list[str]] = {"session": [], "csrf": []} if method in WRITES else {"session": []}
    operation["security"] = [session, {"token": []}]
