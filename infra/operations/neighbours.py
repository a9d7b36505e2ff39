"""Whether those that a centre talks to answer: the next mail server, providers, Kafka. Nothing is sent or made."""

from __future__ import annotations

import asyncio

import aiosmtplib
import httpx2

from infra.cluster.broker import BrokerUnavailable, broker_of
from infra.operations.finding import Finding, Findings
from infra.settings import Settings

#: Seconds for which an answer is waited for.
PATIENCE = 10.0


async def mail_out(settings: Settings) -> Findings:
    """Whether the next mail server takes our log-in, and whether others will believe our addresses."""
    where = f"{settings.smtp_out_host}:{settings.smtp_out_port}"
    client = aiosmtplib.SMTP(
        hostname=settings.smtp_out_host,
        port=settings.smtp_out_port,
        timeout=PATIENCE,
        use_tls=settings.smtp_out_tls == "implicit",
        start_tls=settings.smtp_out_tls == "starttls",
    )
    try:
        await client.connect()
        if settings.smtp_out_username and settings.smtp_out_password is not None:
            await client.login(settings.smtp_out_username, settings.smtp_out_password.get_secret_value())
        await client.quit()
    except (aiosmtplib.SMTPException, OSError) as fault:
        mend = "mend TRUNKLINE_SMTP_OUT_HOST, _PORT, _TLS or the log-in; mails wait meanwhile"
        yield Finding("mail out", "fault", f"{where}: {type(fault).__name__}: {fault}", mend)
    else:
        yield Finding("mail out", "ok", f"{where} answers")
    if settings.own_domain in ("localhost", "127.0.0.1"):
        what = "Message-IDs and bounce addresses end in localhost: no mail server outside believes them"
        yield Finding("mail out", "warning", what, "set TRUNKLINE_MAIL_DOMAIN to a domain of yours")


async def providers(settings: Settings) -> Findings:
    """Whether each provider of telephones answers and takes our log-in."""
    async with httpx2.AsyncClient(timeout=PATIENCE, follow_redirects=False) as client:
        for name, account in settings.twilio.items():
            url = f"{account.base_url}/2010-04-01/Accounts/{account.account_sid}.json"
            try:
                answer = await client.get(url, auth=(account.account_sid, account.auth_token.get_secret_value()))
            except httpx2.HTTPError as fault:
                yield Finding("provider", "fault", f"{name}: {type(fault).__name__}", "look into the way to it")
                continue
            if answer.status_code in (401, 403):
                yield Finding(
                    "provider", "fault", f"{name} refuses the log-in", "mend its auth_token in TRUNKLINE_TWILIO"
                )
            else:
                yield Finding("provider", "ok", f"{name} answers")


async def kafka(settings: Settings) -> Findings:
    """Whether Kafka answers where the settings name one, and has the topic that the log is carried to."""
    broker = broker_of(settings)
    if broker is None:
        return
    try:
        partitions = await asyncio.to_thread(broker.partitions_there)
    except BrokerUnavailable as fault:
        mend = "start Kafka, or mend TRUNKLINE_KAFKA_SERVERS and its log-in; the log goes on, its readers wait"
        yield Finding("kafka", "fault", str(fault), mend)
        return
    if partitions:
        yield Finding("kafka", "ok", f"answers, topic {broker.topic} has {partitions} partitions")
    else:
        mend = "a process of the role relay makes it, or do so yourself with the copies you want"
        yield Finding("kafka", "warning", f"there is no topic {broker.topic}", mend)
