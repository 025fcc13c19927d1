"""Sets reports as PDF, each in a child process with limits: no document can take the caller down with it."""

import multiprocessing
from collections.abc import Callable, Sequence
from concurrent.futures import Future, ProcessPoolExecutor, TimeoutError
from concurrent.futures.process import BrokenProcessPool

from reports.document import Report
from reports.html import to_html
from reports.typesetting.child import CPU_SECONDS, MEMORY_BYTES, pdf_within_limits
from reports.typesetting.pdf import RenderError

PROCESSES = 2
WALL_SECONDS = 120


def render_all(
    reports: Sequence[Report], processes: int = PROCESSES, on_done: Callable[[], None] = lambda: None
) -> list[bytes]:
    """The PDFs of the reports, in their order; `on_done` is called after each.

    Raises RenderError when a report is not set as asked, or exceeds 120 seconds or 1.5 GiB.
    """
    documents = [to_html(report) for report in reports]
    return _in_children(documents, [report.title for report in reports], processes, on_done)


def _in_children(
    documents: Sequence[str], titles: Sequence[str], processes: int, on_done: Callable[[], None]
) -> list[bytes]:
    if not documents:
        return []
    context = multiprocessing.get_context("spawn")  # a fork after Polars or DuckDB was loaded hangs
    pool = ProcessPoolExecutor(min(processes, len(documents)), mp_context=context)
    children = pool._processes
    try:
        jobs = [pool.submit(pdf_within_limits, document) for document in documents]
        finished = [_finished(job, title, on_done) for job, title in zip(jobs, titles, strict=True)]
    except BaseException:
        pool.shutdown(wait=False, cancel_futures=True)
        for child in list((children or {}).values()):
            child.kill()  # one that hangs would otherwise outlive us
        raise
    pool.shutdown()
    return finished


def _finished(job: Future[bytes], title: str, on_done: Callable[[], None]) -> bytes:
    try:
        pdf = job.result(timeout=WALL_SECONDS)
    except TimeoutError:
        raise RenderError(f"'{title}' took longer than {WALL_SECONDS} seconds.") from None
    except (BrokenProcessPool, MemoryError):
        limit = f"{MEMORY_BYTES / (1 << 30):g} GiB or {CPU_SECONDS} seconds of CPU"
        raise RenderError(f"'{title}' needs more than {limit}.") from None
    on_done()
    return pdf
