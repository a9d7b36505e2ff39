"""What happens around an agent's desk: customers write, work rings, mails come with their bytes."""

from __future__ import annotations

from email.message import EmailMessage
from typing import Any

from channels.sms.preview import preview
from domain.centre.configuration import ConfigureCentre, ConfigureProject
from domain.customer.contact import contact
from domain.customer.decide import LinkContactPoint, RecogniseCustomer, RecordFact
from tests.domain.documents import centre, project
from tests.web.running import PROJECT, Running

ANSWERS: dict[str, Any] = {
    "refund": {
        "title": "A refund is on its way",
        "text": {
            "en": "Dear {customer},\n\nwe have refunded the difference; you will see it within three days.\n\n{agent}",
            "fr": "Bonjour {customer},\n\nnous avons remboursé la différence.\n\n{agent}",
        },
    },
    "more": {"title": "Asking for the invoice number", "text": {"en": "Which invoice is it about? ({ticket})"}},
}
HTML = """<html><body><h1>Hello</h1><p onclick="alert(1)">The amount on <b>invoice 4711</b> is wrong.</p>
<script>document.title = 'owned'; parent.document.title = 'owned'</script><img src="https://tracker.example/pixel.gif">
<form action="https://evil.example"><input name="password"></form><svg onload="alert(2)"><script>alert(3)</script></svg>
<iframe src="https://evil.example"></iframe><a href="javascript:alert(4)">click</a> <a href="https://example.org/">ours</a>
<style>body { display: none }</style><p style="position:fixed;top:0">cover</p></body></html>"""


SCRIPT: dict[str, Any] = {
    "title": "A wrong invoice",
    "start": "which",
    "steps": {
        "which": {
            "say": "Is it about the amount or about the address?",
            "hint": "The amount stands in the last line of page one.",
            "choices": {"amount": {"title": "The amount", "then": "why"}, "address": {"title": "The address"}},
        },
        "why": {"say": "What should it have been?"},
    },
}


async def with_answers(web: Running) -> None:
    """Give the project canned answers, a script, and a number that sends texts."""
    numbers = {"main": {"number": "+48221112233", "title": "Main", "texts": {"department": "billing"}}}
    document = project(answers=ANSWERS, scripts={"invoice": SCRIPT}, numbers=numbers)
    await web.execute(ConfigureProject(document=document, expected_revision=1))
    web.doors.preview_text = preview


async def with_telephone(web: Running, customer_id: str, number: str = "+48601234567") -> None:
    """Let a customer be reached by telephone too."""
    known = contact(web.doors.fingerprints, PROJECT, "phone", number)
    await web.execute(LinkContactPoint(customer_id=customer_id, contact=known))


async def with_room(web: Running, mails: int = 4) -> None:
    """Let agents of the usual profile have so many mails at once."""
    profiles = centre().model_dump(mode="json")["profiles"]
    profiles["mixed"] |= {"capacity": 2 * mails}
    profiles["mixed"]["channels"]["email"] |= {"concurrency": mails}
    await web.execute(ConfigureCentre(document=centre(profiles=profiles), expected_revision=1), "")


async def customer(web: Running, address: str, name: str, **facts: str) -> str:
    """A customer with facts; their id."""
    known = contact(web.doors.fingerprints, PROJECT, "email", address)
    done = await web.execute(RecogniseCustomer(contact=known, name=name, language="en"))
    customer_id = done.result["customer_id"]
    for fact, value in facts.items():
        await web.execute(RecordFact(customer_id=customer_id, name=fact, value=value, source="import"))
    return customer_id


async def html_mail(
    web: Running, sender: str = "ada@example.org", html: str = HTML, calendar: str = "", **more: Any
) -> dict[str, str]:
    """A mail that was written as HTML, with a file, and a meeting where there is a `calendar`; its bytes are kept as
    the mail's intake keeps them.
    """
    mail = EmailMessage()
    mail["From"], mail["To"], mail["Subject"] = sender, "help@example.com", "Invoice 4711"
    mail.set_content("The amount on invoice 4711 is wrong.")
    mail.add_alternative(html, subtype="html")
    mail.add_attachment(b"%PDF-1.4 invoice", maintype="application", subtype="pdf", filename="invoice 4711.pdf")
    if calendar:
        mail.add_attachment(calendar, subtype="calendar", filename="meeting.ics")
    raw = bytes(mail)
    customer_id = await customer(web, sender, "Ada Lovelace")
    reference = await web.blobs.put(customer_id, raw)
    return dict((await web.mail(sender, raw=reference, **more)).result)
