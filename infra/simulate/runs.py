"""Many runs of a scenario, side by side in processes, at most one a core."""

from __future__ import annotations

import gc
import os
from collections.abc import Callable, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ProcessPoolExecutor, wait
from dataclasses import dataclass
from multiprocessing import get_context
from time import perf_counter, process_time
from typing import Any

from infra.simulate.engine import Simulation
from infra.simulate.scenario import ScenarioDocument
from infra.simulate.traces import Columns

#: Seconds between two looks at how far the runs are.
LOOK = 0.2
#: Objects between two collections: a run makes few cycles and many objects.
COLLECT_EVERY = 100_000

#: Share done of each run, by its number; set in every worker when it starts.
_done: Any = None


@dataclass(frozen=True, slots=True)
class Job:
    """One run: its number from 0, its seed, and whether its draws are mirrored."""

    number: int
    scenario: ScenarioDocument
    columns: Columns
    seed: int
    mirrored: bool


@dataclass(frozen=True, slots=True)
class Outcome:
    """What the runs gave: the report of each in order, and how long all of them took."""

    reports: Sequence[dict[str, Any]]
    #: Runs 2k and 2k+1 belong together, and only the means of such pairs are independent.
    mirrored: bool
    seconds: float
    processes: int


def jobs_of(scenario: ScenarioDocument, columns: Columns, runs: int, seed: int) -> list[Job]:
    """Runs with seeds of their own; mirrored in pairs where their number is even."""
    paired = scenario.run.mirrored and runs % 2 == 0
    return [
        Job(n, scenario, columns, seed * 1_000_003 + (n // 2 if paired else n), paired and n % 2 == 1)
        for n in range(runs)
    ]


def run_all(
    jobs: Sequence[Job], *, processes: int | None = None, told: Callable[[float], None] = lambda _: None
) -> Outcome:
    """Every job's report. `told` hears the share that is done; `processes` is at most one a core."""
    began = perf_counter()
    processes = min(len(jobs), os.cpu_count() or 1, processes or len(jobs))
    alone = processes == 1
    reports = [_alone(job, len(jobs), told) for job in jobs] if alone else _side_by_side(jobs, processes, told)
    mirrored = any(job.mirrored for job in jobs)
    return Outcome(reports, mirrored, perf_counter() - began, processes)


def _alone(job: Job, of: int, told: Callable[[float], None]) -> dict[str, Any]:
    return _simulate(job, lambda share: told((job.number + share) / of))


def _simulate(job: Job, progress: Callable[[float], None]) -> dict[str, Any]:
    began = process_time()
    report = Simulation(job.scenario, job.columns, job.seed, mirrored=job.mirrored, progress=progress).run()
    return report | {"processor_seconds": process_time() - began}


def _side_by_side(jobs: Sequence[Job], processes: int, told: Callable[[float], None]) -> list[dict[str, Any]]:
    context = get_context("spawn")  # threads of the caller (a progress bar's) do not survive a fork
    done = context.Array("d", len(jobs), lock=False)
    with ProcessPoolExecutor(processes, mp_context=context, initializer=_begin_worker, initargs=(done,)) as workers:
        futures = [workers.submit(_work, job) for job in jobs]
        open_ones: set[Future[dict[str, Any]]] = set(futures)
        try:
            while open_ones:
                finished, open_ones = wait(open_ones, LOOK, FIRST_COMPLETED)
                for future in finished:
                    future.result()
                told(sum(done) / len(jobs))
        except BaseException:
            workers.shutdown(wait=False, cancel_futures=True)
            raise
        return [future.result() for future in futures]


def _begin_worker(done: Any) -> None:
    global _done
    _done = done
    gc.freeze()
    gc.set_threshold(COLLECT_EVERY)


def _work(job: Job) -> dict[str, Any]:
    def progress(share: float) -> None:
        _done[job.number] = share

    report = _simulate(job, progress)
    _done[job.number] = 1.0
    return report
