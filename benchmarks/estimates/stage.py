"""One way of estimating in a process of its own: `python -m benchmarks.estimates.stage WHAT WAY FOLDER`.

Prints seconds, CPU seconds and peak memory, interpreter and libraries included; imports are not timed.
"""

import json
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import polars as pl

from benchmarks.estimates import cells, release
from benchmarks.stage import Measured, own_peak_gb

REPEATS_OF_CELLS = 5
"""Cells take a fraction of a second: the best of so many counts."""


def measure(what: str, way: str, folder: Path) -> Measured:
    """Runs it in a fresh process."""
    command = [sys.executable, "-m", "benchmarks.estimates.stage", what, way, str(folder)]
    done = subprocess.run(command, stdout=subprocess.PIPE, check=True)
    return Measured(**json.loads(done.stdout.splitlines()[-1]))


def _of_cells(way: str, folder: Path) -> tuple[Callable[[], object], int]:
    rows = pl.read_parquet(folder / cells.FILE)
    run = {"bare": cells.bare, "ours": cells.ours, "models": cells.by_models}[way]
    return lambda: run(rows), 1 if way == "models" else REPEATS_OF_CELLS


def _of_release(way: str, folder: Path) -> tuple[Callable[[], object], int]:
    run = {"bare": release.bare, "ours": release.ours, "pandas": release.by_pandas}[way]
    if way == "ours":
        import transforms.estimate  # noqa: F401
    if way == "pandas":
        import benchmarks.rival_estimates  # noqa: F401
    return lambda: run(folder), 1


def main() -> None:
    """Runs what is named on the command line."""
    what, way, folder = sys.argv[1:]
    run, times = {"cells": _of_cells, "release": _of_release}[what](way, Path(folder))
    took = []
    for _ in range(times):
        wall, cpu = time.perf_counter(), time.process_time()
        run()
        took.append((time.perf_counter() - wall, time.process_time() - cpu))
    seconds, cpu_seconds = (min(each) for each in zip(*took, strict=True))
    print(json.dumps({"seconds": seconds, "cpu_seconds": cpu_seconds, "peak_gb": own_peak_gb()}))


if __name__ == "__main__":
    main()
