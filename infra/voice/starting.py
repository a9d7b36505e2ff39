"""The voice parts of a process, put together: what answers webhooks and what follows the log share one board."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from domain.execute import Executor
from domain.ports import Clock, Fingerprints, Log, Opener, RecordingStore
from infra.configured import Configured
from infra.voice.accounts import Accounts
from infra.voice.answering import Answering
from infra.voice.board import Board
from infra.voice.dialling import Dialler
from infra.voice.doing import PATIENCE, Doing
from infra.voice.following import Following
from infra.voice.lookup import Lookup
from infra.voice.outgoing import CallingBack
from infra.voice.parties import Parties
from infra.voice.pulling import Pulling
from infra.voice.reaching import Reaching
from infra.voice.talking import Talking
from infra.voice.turning import Turning


@dataclass(frozen=True, slots=True)
class Voice:
    """`answering` for `voice_router`; `following.run()` is to run as long as calls are to be made."""

    answering: Answering
    following: Following


def voice_of(
    *,
    log: Log,
    executor: Executor,
    opener: Opener,
    configured: Configured,
    fingerprints: Fingerprints,
    recordings: RecordingStore,
    clock: Clock,
    accounts: Accounts,
    patience: int = PATIENCE,
    acts: Callable[[], bool] = lambda: True,
) -> Voice:
    """The voice channel on these stores, with these providers' accounts.

    `patience`: seconds after which the provider is asked about an attempt to call an agent that nothing was heard of.
    `acts`: whether it is this process that makes calls, at a moment; by default it always is.
    """
    board = Board()
    lookup = Lookup(log=log, opener=opener, configured=configured, clock=clock)
    turning = Turning(lookup=lookup, executor=executor, fingerprints=fingerprints)
    pulling = Pulling(executor=executor, lookup=lookup, recordings=recordings)
    reaching = Reaching(accounts=accounts, configured=configured, lookup=lookup)
    dialler = Dialler(executor=executor)
    doing = Doing(
        reaching=reaching,
        parties=Parties(executor=executor, dialler=dialler, reaching=reaching, board=board),
        back=CallingBack(executor=executor, dialler=dialler, reaching=reaching, board=board, patience=patience),
        dialler=dialler,
        executor=executor,
        turning=turning,
        pulling=pulling,
        board=board,
        patience=patience,
    )
    talking = Talking(accounts=accounts, board=board)
    following = Following(log=log, opener=opener, clock=clock, doing=doing, talking=talking, board=board, acts=acts)
    return Voice(Answering(turning=turning, board=board), following)
