"""Sets reports as PDF, each in a child process with limits: no document can take the caller down with it."""

import multiprocessing
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor, TimeoutError
from concurrent.futures.process import BrokenProcessPool
from multiprocessing.process import BaseProcess

from reports.document import Report
from reports.html import to_html
from reports.typesetting.child import CPU_SECONDS, MEMORY_BYTES, pdf_within_limits
from reports.typesetting.errors import RenderError

PROCESSES = 2
WALL_SECONDS = 120
LIMITS = f"{MEMORY_BYTES / (1 << 30):g} GiB or {CPU_SECONDS} seconds of CPU"


def render_all(
    reports: Sequence[Report],
    processes: int = PROCESSES,
    on_done: Callable[[int, bytes], None] = lambda place, pdf: None,
) -> list[bytes]:
    """The PDFs of the reports, in their order; `on_done` gets the place and the PDF of each as soon as it is set.

    One that is not set as asked, or exceeds 120 seconds or 1.5 GiB, keeps no other from being set: RenderError is
    raised at the end, and names every one that failed.
    """
    documents = [to_html(report) for report in reports]
    finished, failed = _in_children(documents, processes, on_done)
    if failed:
        raise RenderError(" ".join(f"'{reports[place].title}': {why}" for place, why in sorted(failed.items())))
    return [finished[place] for place in range(len(documents))]


def _in_children(
    documents: Sequence[str], processes: int, on_done: Callable[[int, bytes], None]
) -> tuple[dict[int, bytes], dict[int, str]]:
    """The PDFs, and why there is none, by place.

    A child that dies takes with it what the others were setting; each of those gets a process of its own then.
    """
    finished, failed, lost = _together(documents, range(len(documents)), processes, on_done)
    for place in lost:
        alone, refused, dead = _together(documents, [place], 1, on_done)
        finished |= alone
        failed |= refused | dict.fromkeys(dead, f"It needs more than {LIMITS}.")
    return finished, failed


def _together(
    documents: Sequence[str], places: Sequence[int], processes: int, on_done: Callable[[int, bytes], None]
) -> tuple[dict[int, bytes], dict[int, str], list[int]]:
    """The PDFs and the failures of one pool of processes, and the places that were lost with a child."""
    finished: dict[int, bytes] = {}
    failed: dict[int, str] = {}
    lost: list[int] = []
    if not places:
        return finished, failed, lost
    context = multiprocessing.get_context("spawn")  # a fork after Polars or DuckDB was loaded hangs
    pool = ProcessPoolExecutor(min(processes, len(places)), mp_context=context)
    children = pool._processes
    try:
        jobs = {place: pool.submit(pdf_within_limits, documents[place]) for place in places}
        for place, job in jobs.items():
            try:
                finished[place] = job.result(timeout=WALL_SECONDS)
            except RenderError as refused:
                failed[place] = str(refused)
            except TimeoutError:
                failed[place] = f"It took longer than {WALL_SECONDS} seconds."
                _kill(children)
            except (BrokenProcessPool, MemoryError):
                lost.append(place)
            else:
                on_done(place, finished[place])
    except BaseException:
        pool.shutdown(wait=False, cancel_futures=True)
        _kill(children)
        raise
    pool.shutdown()
    return finished, failed, lost


def _kill(children: Mapping[int, BaseProcess] | None) -> None:
    """End the children at once: one that hangs would outlive us."""
    for child in list((children or {}).values()):
        child.kill()
