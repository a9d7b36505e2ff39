"""Real mail servers on loopback, each test its own."""

from __future__ import annotations

import asyncio
import datetime
import ipaddress
import os
import shutil
import socket
import ssl
import subprocess
import tempfile
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from infra.demo.ports import free_port

Eventually = Callable[[Callable[[], bool]], Awaitable[None]]


@pytest.fixture
def eventually() -> Eventually:
    """Waits until a condition holds, at most 20 s."""

    async def wait(condition: Callable[[], bool]) -> None:
        async with asyncio.timeout(20):
            while not condition():  # noqa: ASYNC110 - what is waited for happens in another process
                await asyncio.sleep(0.01)

    return wait


@dataclass(frozen=True)
class Certificate:
    """A certificate for 127.0.0.1 that only this test run trusts."""

    server: ssl.SSLContext
    client: ssl.SSLContext
    #: PEM
    chain: bytes


def new_certificate() -> tuple[bytes, bytes, bytes]:
    """A certificate for 127.0.0.1 that signs itself and its key, as PEM, and the certificate in binary form."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "127.0.0.1")])
    now = datetime.datetime.now(datetime.UTC)
    signed = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - datetime.timedelta(days=1))
        .not_valid_after(now + datetime.timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.IPAddress(ipaddress.ip_address("127.0.0.1"))]), critical=False)
        .sign(key, hashes.SHA256())
    )
    private = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    return (
        signed.public_bytes(serialization.Encoding.PEM),
        private,
        signed.public_bytes(serialization.Encoding.DER),
    )


@pytest.fixture(scope="session")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> Certificate:
    chain, key, _ = new_certificate()
    file = tmp_path_factory.mktemp("tls") / "both.pem"
    file.write_bytes(key + chain)
    server = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    server.load_cert_chain(file)
    return Certificate(server, ssl.create_default_context(cafile=str(file)), chain)


def _missing(what: str) -> None:
    if os.environ.get("TRUNKLINE_TEST_REQUIRE") == "all":
        pytest.fail(f"{what} (and TRUNKLINE_TEST_REQUIRE=all)")
    pytest.skip(what)


@dataclass
class Dovecot:
    """A real IMAP server with one user, `box` / `secret`; mails are put in and looked at as files (Maildir)."""

    port: int
    mails: Path
    process: subprocess.Popen[bytes]
    config: Path

    def put(self, name: str, content: bytes, folder: str = "") -> None:
        """Deliver as a mail system does: write, then rename into `new`."""
        box = self.mails / folder if folder else self.mails
        for part in ("tmp", "new", "cur"):
            (box / part).mkdir(parents=True, exist_ok=True)
        (box / "tmp" / name).write_bytes(content)
        for path in (box, box / "tmp", box / "new", box / "cur", box / "tmp" / name):
            shutil.chown(path, *self.owner)
        (box / "tmp" / name).rename(box / "new" / name)

    @property
    def owner(self) -> tuple[int, int]:
        stat = self.mails.stat()
        return stat.st_uid, stat.st_gid

    def flags(self) -> dict[str, str]:
        """Flags of the mails in the inbox by the name they were put in under."""
        found: dict[str, str] = {}
        for part in ("new", "cur"):
            for file in (self.mails / part).glob("*"):
                name, _, flags = file.name.partition(":2,")
                found[name.partition(",")[0]] = flags
        return found

    def count(self, folder: str) -> int:
        return sum(1 for part in ("new", "cur") for _ in (self.mails / f".{folder}" / part).glob("*"))

    def restart(self) -> None:
        self.stop()
        self.start()

    def start(self) -> None:
        self.process = subprocess.Popen(
            [_dovecot(), "-F", "-c", str(self.config)], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
        )

    def stop(self) -> None:
        self.process.terminate()
        self.process.wait(20)


def _dovecot() -> str:
    return shutil.which("dovecot") or "/usr/sbin/dovecot"


CONFIG = """
base_dir = {base}/run
state_dir = {base}/state
log_path = {base}/log
protocols = imap
listen = 127.0.0.1
ssl = no
disable_plaintext_auth = no
default_login_user = {login}
default_internal_user = {internal}
default_internal_group = {group}
first_valid_uid = 1
mail_location = maildir:{base}/mail
{capability}
namespace inbox {{
  inbox = yes
  separator = /
  mailbox Done {{
    auto = create
  }}
}}
passdb {{
  driver = static
  args = password=secret
}}
userdb {{
  driver = static
  args = uid={uid} gid={gid} home={base}/home
}}
service imap-login {{
  chroot =
  inet_listener imap {{
    port = {port}
  }}
  inet_listener imaps {{
    port = 0
  }}
}}
service anvil {{
  chroot =
}}
service stats {{
  chroot =
}}
"""


def _account() -> tuple[str, str, str, int, int]:
    """Users the server may run as: Debian's own where we are root, else ourselves."""
    import grp
    import pwd

    if os.geteuid() == 0:
        nobody = pwd.getpwnam("nobody")
        return "dovenull", "dovecot", "dovecot", nobody.pw_uid, nobody.pw_gid
    me = pwd.getpwuid(os.geteuid())
    return me.pw_name, me.pw_name, grp.getgrgid(me.pw_gid).gr_name, me.pw_uid, me.pw_gid


@pytest.fixture(params=["idle"])
def dovecot(request: pytest.FixtureRequest) -> Iterator[Dovecot]:
    """`dovecot-imapd` (Debian) as a process of its own with its own configuration. Parameter `poll`: without IDLE."""
    if not Path(_dovecot()).exists():
        _missing("no IMAP server: install dovecot-imapd")
    version = subprocess.run([_dovecot(), "--version"], capture_output=True, text=True, check=True).stdout
    if not version.startswith("2.3."):
        # 2.4 speaks another configuration language.
        _missing(f"the IMAP server is Dovecot {version.strip()}; its configuration here is for 2.3")
    base = Path(tempfile.mkdtemp(prefix="trunkline-imap-"))
    login, internal, group, uid, gid = _account()
    port = free_port()
    hidden = "imap_capability = IMAP4rev1 LITERAL+ ENABLE" if request.param == "poll" else ""
    base.chmod(0o755)
    for name in ("mail", "home"):
        (base / name).mkdir()
        shutil.chown(base / name, uid, gid)
    config = base / "dovecot.conf"
    config.write_text(
        CONFIG.format(
            base=base, login=login, internal=internal, group=group, uid=uid, gid=gid, port=port, capability=hidden
        )
    )
    server = Dovecot.__new__(Dovecot)
    server.port, server.mails, server.config = port, base / "mail", config
    server.start()
    try:
        yield server
    finally:
        server.stop()
        shutil.rmtree(base, ignore_errors=True)


@pytest.fixture
async def silent_port() -> AsyncIterator[int]:
    """A port at which nobody listens."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        yield int(probe.getsockname()[1])
