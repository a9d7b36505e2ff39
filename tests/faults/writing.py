"""Mails and commands as plain as can be, and what the centre answers to them at the first try."""

from __future__ import annotations

from email.message import EmailMessage
from email.policy import SMTP

import aiosmtplib
import httpx2

from infra.settings import LOOPBACK
from tests.faults.life import Life

MAILBOX = "help@parcels.example"


def letter(number: int, *, sender: str = "", size: int = 0) -> EmailMessage:
    """A mail with an id of its own; `size` bytes of attachment."""
    message = EmailMessage(policy=SMTP)
    message["From"] = sender or f"writer.{number}@plain.example"
    message["To"] = MAILBOX
    message["Subject"] = f"Matter {number}"
    message["Message-ID"] = f"<plain.{number}@plain.example>"
    message.set_content(f"This is about matter {number}.\n")
    if size:
        message.add_attachment(bytes(size), maintype="application", subtype="octet-stream", filename="zeros")
    return message


async def bring(life: Life, message: EmailMessage, *, seconds: float = 60.0) -> int:
    """Hand a mail over by SMTP; the code of the answer."""
    port = life.centre.settings.smtp_in_port
    client = aiosmtplib.SMTP(hostname=LOOPBACK, port=port, start_tls=False, timeout=seconds)
    try:
        async with client:
            await client.send_message(message)
    except aiosmtplib.SMTPResponseException as refused:
        return refused.code
    return 250


def office(life: Life) -> httpx2.AsyncClient:
    """A client of the supervisor's that hears every answer, also the bad ones."""
    token = next(one.token for one in life.log_ins if one.name == "supervisor")
    headers = {"Authorization": f"Bearer {token}"}
    return httpx2.AsyncClient(base_url=life.centre.url, headers=headers, timeout=45, trust_env=False)


async def register(life: Life, client: httpx2.AsyncClient, number: int) -> httpx2.Response:
    """One command, under a key of its own: the customer with this number."""
    contacts = [{"kind": "email", "address": f"customer.{number}@plain.example"}]
    body = {"name": f"Customer {number}", "language": "en", "contacts": contacts}
    path = f"/api/projects/{life.clerk.project}/customers"
    return await client.post(path, json=body, headers={"Idempotency-Key": f"customer-{number}"})
