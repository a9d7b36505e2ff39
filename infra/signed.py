"""Signed webhooks of Twilio's as they reach any of our routes: within bounds, verified before they are read."""

from __future__ import annotations

from fastapi import Request

from channels.twilio.forms import MAX_BODY, BadWebhook, Fields, fields_of
from channels.twilio.signature import SIGNATURE_HEADER, Signatures


async def signed_fields(signatures: Signatures, request: Request) -> Fields:
    """The request's fields. Raises `NotSigned`, `BadWebhook`."""
    body = b""
    async for chunk in request.stream():
        body += chunk
        if len(body) > MAX_BODY:
            raise BadWebhook(f"the request is larger than {MAX_BODY} bytes")
    query = request.scope["query_string"].decode("ascii", "replace")
    fields = fields_of(body, query) if request.method == "GET" else fields_of(body)
    signed = fields if request.method == "POST" else {}
    path = (request.scope.get("raw_path") or request.scope["path"].encode()).decode("ascii", "replace")
    signatures.check(path, query, signed, request.headers.get(SIGNATURE_HEADER))
    return Fields(fields)
