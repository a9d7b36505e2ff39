"""The certificate for STARTTLS is renewed under a running process."""

from __future__ import annotations

import asyncio
import smtplib
import ssl
from pathlib import Path

import pytest

from channels.email.smtp_in import SmtpIntake
from infra.load_settings import BadSettings
from infra.mail.certificate import Certificate
from tests.channels.conftest import new_certificate


def presented(port: int) -> bytes:
    """The certificate that the server on this port shows."""
    anybody = ssl.create_default_context()
    anybody.check_hostname, anybody.verify_mode = False, ssl.CERT_NONE
    with smtplib.SMTP("127.0.0.1", port, timeout=30) as client:
        client.starttls(context=anybody)
        assert isinstance(client.sock, ssl.SSLSocket)
        return client.sock.getpeercert(binary_form=True) or b""


def put(folder: Path) -> tuple[Path, Path, bytes]:
    """A new certificate and its key in the folder's files, and how it is shown."""
    chain, key, der = new_certificate()
    (folder / "chain.pem").write_bytes(chain)
    (folder / "key.pem").write_bytes(key)
    return folder / "chain.pem", folder / "key.pem", der


async def test_who_connects_after_a_renewal_sees_the_new_certificate_and_half_of_one_changes_nothing(
    tmp_path: Path,
) -> None:
    chain, key, first = put(tmp_path)
    certificate = Certificate(chain, key)
    intake = SmtpIntake(_nothing, _nobody, hostname="hotline.example", tls=certificate.context)
    port = await intake.start("127.0.0.1", 0)
    try:
        assert await asyncio.to_thread(presented, port) == first
        other, other_key, second = new_certificate()
        chain.write_bytes(other)
        certificate.look()
        assert await asyncio.to_thread(presented, port) == first, "its key has not come yet"
        key.write_bytes(other_key)
        certificate.look()
        assert await asyncio.to_thread(presented, port) == second
        key.unlink()
        certificate.look()
        assert await asyncio.to_thread(presented, port) == second
    finally:
        await intake.stop()


def test_files_that_do_not_belong_together_are_refused_with_what_is_wanted(tmp_path: Path) -> None:
    chain, key, _ = put(tmp_path)
    chain.write_bytes(new_certificate()[0])
    with pytest.raises(BadSettings, match=r"TRUNKLINE_SMTP_IN_CERTIFICATE: .* a certificate and its key"):
        Certificate(chain, key)
    with pytest.raises(BadSettings, match="No such file"):
        Certificate(tmp_path / "none.pem", key)


async def _nothing(_: object) -> None:
    """No mail is brought here."""


def _nobody(_: str) -> bool:
    return False
