"""`trunkline twilio-emulator`: a Twilio on loopback, and a telephone to play the customer on."""

from __future__ import annotations

import asyncio
import re
import signal
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from channels.twilio_emulator.emulator import Emulator

#: No secrets: whoever reaches the emulator is on this machine.
_ACCOUNT = "AC" + "0" * 32
_TOKEN = "emulator"
_KEY = "SK" + "0" * 32
_SECRET = "an API key of the emulator's"


def twilio_emulator(
    port: Annotated[int, typer.Option(min=0, max=65535, help="Port on loopback; 0 for any free one.")] = 8042,
    account_sid: Annotated[
        str, typer.Option(help="The account's identifier: AC and 32 hexadecimal digits.")
    ] = _ACCOUNT,
    auth_token: Annotated[str, typer.Option(help="The token that requests and webhooks are signed with.")] = _TOKEN,
    api_key: Annotated[str, typer.Option(help="An API key's identifier: SK and 32 hexadecimal digits.")] = _KEY,
    api_secret: Annotated[str, typer.Option(help="Its secret, which signs the tokens of browsers.")] = _SECRET,
    number: Annotated[
        list[str] | None, typer.Option(help="A number of the account's, as +48221234567; may be repeated.")
    ] = None,
    voice_url: Annotated[str, typer.Option(help="Where calls to these numbers are announced.")] = "",
    sms_url: Annotated[str, typer.Option(help="Where texts to these numbers are announced.")] = "",
    status_callback: Annotated[str, typer.Option(help="Where the end of their calls is told.")] = "",
    manual_clock: Annotated[
        bool, typer.Option("--manual-clock", help="Time stands still until POST /emulator/advance moves it.")
    ] = False,
) -> None:
    """Run a Twilio on loopback: REST API, TwiML, signed webhooks, browsers as telephones, a page to play people on."""
    if not re.fullmatch(r"AC[0-9a-f]{32}", account_sid):
        raise typer.BadParameter("an account's identifier is AC and 32 hexadecimal digits", param_hint="--account-sid")
    if not re.fullmatch(r"SK[0-9a-f]{32}", api_key) or not api_secret:
        raise typer.BadParameter("an API key is SK and 32 hexadecimal digits, with a secret", param_hint="--api-key")
    if not auth_token:
        raise typer.BadParameter("the token must not be empty", param_hint="--auth-token")
    from channels.twilio.validity import is_phone, is_url

    for one in number or []:
        if not is_phone(one):
            raise typer.BadParameter(f"{one!r} is not written like +48221234567", param_hint="--number")
    for option, url in (("--voice-url", voice_url), ("--sms-url", sms_url), ("--status-callback", status_callback)):
        if url and not is_url(url):
            raise typer.BadParameter(f"{url!r} is no http or https address", param_hint=option)
    # imported here: the web framework costs a second that other commands should not pay
    from channels.twilio_emulator.emulator import Emulator

    emulator = Emulator(account_sid, auth_token, datetime.now(UTC))
    emulator.api_key(api_key, api_secret)
    for one in number or []:
        emulator.number(one, voice_url=voice_url, sms_url=sms_url, status_callback=status_callback)
    asyncio.run(_run(emulator, port, follow_clock=not manual_clock))


async def _run(emulator: Emulator, port: int, *, follow_clock: bool) -> None:
    from channels.twilio_emulator.serving import serving

    stopped = asyncio.Event()
    for sign in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(sign, stopped.set)
    async with serving(emulator, port, follow_clock=follow_clock) as base:
        typer.echo(f"API and page: {base}  (account {emulator.world.account_sid})")
        await stopped.wait()
