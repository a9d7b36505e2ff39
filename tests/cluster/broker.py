"""A real Kafka broker on loopback: KRaft, one node, a small heap. Its jars come through Maven, once per checkout.

Three doors: plain; `stallable`, which is advertised at a port where a test may put a proxy; and `secure`, which wants
TLS and a log-in.
"""

from __future__ import annotations

import base64
import os
import secrets
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path

from infra.demo.ports import free_port
from tests.cluster.certificates import self_signed

HERE = Path(__file__).parent
#: Ignored by git, removed by `make clean`.
JARS = HERE.parents[1] / "build" / "kafka"
PATIENCE = 90.0
HEAP = ("-Xms64m", "-Xmx320m", "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1", "-Xshare:auto")
USER = "trunkline"


class NoBroker(Exception):
    """There is no broker and none can be started here; says what is missing."""


def jars() -> Path:
    """The folder of the broker's jars, fetched when it is not there. Raises `NoBroker`."""
    given = os.environ.get("TRUNKLINE_TEST_KAFKA_JARS")
    folder = Path(given) if given else JARS
    if any(folder.glob("kafka_2.13-*.jar")):
        return folder
    if given:
        raise NoBroker(f"no kafka_2.13 jar in {given}, which TRUNKLINE_TEST_KAFKA_JARS names")
    for program, package in (("java", "openjdk-17-jre-headless"), ("mvn", "maven")):
        if shutil.which(program) is None:
            raise NoBroker(f"no Kafka: {program} is missing ({package}); or set TRUNKLINE_TEST_KAFKA")
    folder.parent.mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory(dir=folder.parent) as fetched:
        command = ["mvn", "-q", "-B", "-f", str(HERE / "pom.xml"), "dependency:copy-dependencies"]
        wanted = [f"-DoutputDirectory={fetched}/jars", "-DincludeScope=runtime"]
        done = subprocess.run([*command, *wanted], capture_output=True, text=True, timeout=600, check=False)
        if done.returncode:
            raise NoBroker(f"no Kafka: its jars could not be fetched:\n{done.stdout[-2000:]}")
        with suppress(OSError):  # somebody else was faster
            os.rename(f"{fetched}/jars", folder)
    return folder


class RealBroker:
    """Start it, stop it, kill it, start it again: its address and what it holds stay."""

    def __init__(self, settings: Mapping[str, object] | None = None) -> None:
        self._jars = jars()
        # a short path, and one of its own
        self.folder = Path(tempfile.mkdtemp(prefix="tl-kafka-"))
        self.port, self.behind_proxy, self.proxy_port, self.secure_port, self._control = (free_port() for _ in range(5))
        self.password = secrets.token_hex(8)
        self.certificate = self_signed(self.folder)
        self._settings = dict(settings or {})
        self._process: subprocess.Popen[bytes] | None = None
        (self.folder / "server.properties").write_text(self._properties())
        (self.folder / "log.yaml").write_text(_LOG)
        # as one word: one id in sixty-four begins with a dash and would be taken for an option of its own
        given = (f"--cluster-id={_cluster_id()}", "--standalone", "--config", "server.properties")
        self._run("kafka.tools.StorageTool", "format", *given)

    @property
    def address(self) -> str:
        return f"127.0.0.1:{self.port}"

    def start(self) -> None:
        """Returns when it answers. Raises `NoBroker` with the end of its log."""
        command = ["java", *HEAP, "-Dlog4j2.configurationFile=log.yaml", "-cp", f"{self._jars}/*", "kafka.Kafka"]
        with (self.folder / "broker.log").open("ab") as log:
            self._process = subprocess.Popen([*command, "server.properties"], cwd=self.folder, stdout=log, stderr=log)
        until = time.monotonic() + PATIENCE
        while not _answers(self.port):
            if self._process.poll() is not None or time.monotonic() > until:
                said = (self.folder / "broker.log").read_text()[-2000:]
                self.stop()
                raise NoBroker(f"the broker does not start:\n{said}")
            time.sleep(0.1)

    def stop(self) -> None:
        self._end(signal.SIGTERM)

    def kill(self) -> None:
        self._end(signal.SIGKILL)

    def pause(self) -> None:
        """It neither answers nor hangs up, until `resume`."""
        assert self._process is not None
        self._process.send_signal(signal.SIGSTOP)

    def resume(self) -> None:
        assert self._process is not None
        self._process.send_signal(signal.SIGCONT)

    def close(self) -> None:
        self.kill()
        shutil.rmtree(self.folder, ignore_errors=True)

    def _end(self, how: signal.Signals) -> None:
        if self._process is not None:
            self._process.send_signal(how)
            self._process.send_signal(signal.SIGCONT)
            self._process.wait(PATIENCE)
            self._process = None

    def _run(self, *command: str) -> None:
        java = ["java", *HEAP, "-cp", f"{self._jars}/*", *command]
        done = subprocess.run(java, cwd=self.folder, capture_output=True, text=True, timeout=PATIENCE, check=False)
        if done.returncode:
            raise NoBroker(f"no Kafka: {command[0]} failed:\n{done.stderr[-2000:]}")

    def _properties(self) -> str:
        doors = {"PLAIN": self.port, "STALLABLE": self.behind_proxy, "SECURE": self.secure_port}
        seen = {**doors, "STALLABLE": self.proxy_port}
        login = (
            "org.apache.kafka.common.security.plain.PlainLoginModule required "
            f'username="{USER}" password="{self.password}" user_{USER}="{self.password}";'
        )
        lines: dict[str, object] = {
            "process.roles": "broker,controller",
            "node.id": 1,
            "listeners": ",".join(f"{n}://127.0.0.1:{p}" for n, p in {**doors, "CONTROL": self._control}.items()),
            "advertised.listeners": ",".join(f"{name}://127.0.0.1:{port}" for name, port in seen.items()),
            "listener.security.protocol.map": ("PLAIN:PLAINTEXT,STALLABLE:PLAINTEXT,SECURE:SASL_SSL,CONTROL:PLAINTEXT"),
            "controller.listener.names": "CONTROL",
            "inter.broker.listener.name": "PLAIN",
            "controller.quorum.bootstrap.servers": f"127.0.0.1:{self._control}",
            "log.dirs": self.folder / "data",
            "listener.name.secure.ssl.keystore.type": "PEM",
            "listener.name.secure.ssl.keystore.location": self.certificate,
            "listener.name.secure.sasl.enabled.mechanisms": "PLAIN",
            "listener.name.secure.plain.sasl.jaas.config": login,
            "auto.create.topics.enable": "false",
            "num.network.threads": 1,
            "num.io.threads": 2,
            "offsets.topic.num.partitions": 1,
            "offsets.topic.replication.factor": 1,
            "transaction.state.log.num.partitions": 1,
            "transaction.state.log.replication.factor": 1,
            "transaction.state.log.min.isr": 1,
            "share.coordinator.state.topic.replication.factor": 1,
            "share.coordinator.state.topic.min.isr": 1,
            "group.initial.rebalance.delay.ms": 0,
            "group.min.session.timeout.ms": 1000,
            **self._settings,
        }
        return "".join(f"{name}={value}\n" for name, value in lines.items())


def _cluster_id() -> str:
    return base64.urlsafe_b64encode(secrets.token_bytes(16)).decode().rstrip("=")


def _answers(port: int) -> bool:
    with suppress(OSError), socket.create_connection(("127.0.0.1", port), timeout=1):
        return True
    return False


_LOG = """Configuration:
  status: error
  appenders:
    Console: {name: out, PatternLayout: {pattern: "%d %p %m (%c)%n"}}
  Loggers:
    Root: {level: warn, AppenderRef: [{ref: out}]}
"""
