"""The certificate with which we answer STARTTLS, read again whenever its files have changed."""

from __future__ import annotations

import asyncio
import ssl
from pathlib import Path

import structlog

from infra.load_settings import BadSettings

_log = structlog.get_logger("certificate")
#: Seconds between looks at the files. Certificates are renewed weeks before they end.
LOOK = 60.0


class Certificate:
    """`context` serves those who connect from now on with what was read last; a process need not be started again.

    `chain` and `key`: PEM files.
    """

    def __init__(self, chain: Path, key: Path) -> None:
        """Raises `BadSettings` for files that cannot be read or do not belong together."""
        self._chain, self._key = chain, key
        try:
            self._seen = self._stamps()
            self.context = self._read()
        except (OSError, ssl.SSLError) as fault:
            what = f"TRUNKLINE_SMTP_IN_CERTIFICATE: {chain} cannot be used with {key} ({fault})"
            raise BadSettings(
                [f"{what}; give PEM files that this process may read, a certificate and its key"]
            ) from fault

    async def run(self) -> None:
        """Look at the files now and then, until cancelled."""
        while True:
            await asyncio.sleep(LOOK)
            await asyncio.to_thread(self.look)

    def look(self) -> None:
        """Read the files again if they have changed; what cannot be used leaves everything as it was, and is told."""
        try:
            stamps = self._stamps()
            if stamps == self._seen:
                return
            self._read()  # in a context of its own first: of two files, one may have been replaced so far
            self.context.load_cert_chain(self._chain, self._key)
            self._seen = stamps
        except (OSError, ssl.SSLError) as fault:
            _log.warning("a new certificate cannot be used, the old one goes on", reason=str(fault))
        else:
            _log.info("a new certificate is used", file=str(self._chain))

    def _read(self) -> ssl.SSLContext:
        context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
        context.load_cert_chain(self._chain, self._key)
        return context

    def _stamps(self) -> tuple[tuple[int, int, int], ...]:
        stats = [one.stat() for one in (self._chain, self._key)]
        return tuple((stat.st_mtime_ns, stat.st_ino, stat.st_size) for stat in stats)
