"""Measures how fast estimates are made, beside the least that any tool must do and beside the usual tools.

`make bench-estimates` prints a table and keeps it in docs/performance.md. The ways take turns, each in a process of its
own; the fastest run of each counts, since other work on the machine only ever adds, and the highest peak.
"""

import argparse
import sys
import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path

from benchmarks.documents import DOCS, machine, replace_section, table
from benchmarks.estimates import cells, release
from benchmarks.estimates.stage import measure
from benchmarks.stage import Measured

PEOPLE = 1_000_000
WAYS = {"cells": ("bare", "ours", "models"), "release": ("bare", "ours", "pandas")}
TITLES = {
    ("cells", "bare"): "means by a bare Polars group-by",
    ("cells", "ours"): "CR2, df, p and q of every cell",
    ("cells", "models"): "a model a cell in NumPy, CR1 (of {models}, times {times})",
    ("release", "bare"): "bare scan, means and counts",
    ("release", "ours"): "estimates",
    ("release", "pandas"): "the same estimates in pandas and NumPy",
}
MOST = {"cells": 5.0, "release": 3.0}
"""How many times as long as the bare way the estimates may take."""
PEAK_GB = 4.0
HEADINGS = ("of", "way", "seconds", "CPU seconds", "peak GB", "times bare", "in CPU seconds", "at most", "met")

Results = dict[str, Measured]


def run(what: str, folder: Path, repeats: int, ways: Sequence[str]) -> Results:
    """Every way's fastest run, with the least CPU seconds and the highest peak of all its runs."""
    runs: dict[str, list[Measured]] = {way: [] for way in WAYS[what] if way in ways}
    for turn in range(repeats):
        for way, each in runs.items():
            if way in ("bare", "ours") or turn == 0:  # the others take minutes, and no aim hangs on them
                each.append(measure(what, way, folder))
                sys.stderr.write(f"{what}, {way}: {each[-1].seconds:.2f} s\n")
    return {
        way: replace(
            min(each, key=lambda run: run.seconds),
            cpu_seconds=min(run.cpu_seconds for run in each),
            peak_gb=max(run.peak_gb for run in each),
        )
        for way, each in runs.items()
    }


def lines(what: str, about: str, found: Results) -> Iterator[tuple[str, ...]]:
    """The table's lines of one kind."""
    bare = found["bare"]
    for way, each in found.items():
        times = cells.CELLS // cells.MODELS if way == "models" else 1
        seconds, cpu = each.seconds * times, each.cpu_seconds * times
        ratio = seconds / bare.seconds
        met = ratio <= MOST[what] and each.peak_gb < PEAK_GB
        aim = (f"{MOST[what]:g}", "yes" if met else "no") if way == "ours" else ("", "")
        title = TITLES[what, way].format(models=cells.MODELS, times=times)
        numbers = (f"{seconds:.2f}", f"{cpu:.2f}", f"{each.peak_gb:.2f}", f"{ratio:.2f}")
        yield (about, title, *numbers, f"{cpu / bare.cpu_seconds:.2f}", *aim)


def main(arguments: Sequence[str] | None = None) -> None:
    """Prints the table; with all ways and people also writes it into docs/performance.md."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.estimates", description=__doc__.splitlines()[0])
    parser.add_argument("--people", type=int, default=PEOPLE, help="of the release (default: %(default)s)")
    parser.add_argument("--repeats", type=int, default=3, help="turns (default: %(default)s)")
    parser.add_argument("--ways", default="bare,ours,models,pandas", help="which ways (default: %(default)s)")
    asked = parser.parse_args(arguments)
    with tempfile.TemporaryDirectory(prefix="impact-bench-") as temporary:
        folder = Path(temporary)
        cells.make(folder)
        release.make(folder, asked.people)
        of_cells, of_release = (run(what, folder, asked.repeats, asked.ways.split(",")) for what in WAYS)
    groups = f"{release.AREAS} areas and {sum(release.SUBGROUPS.values())} subgroups"
    about_cells = (
        f"{cells.CELLS:,} cells of {cells.CLUSTERS} clusters, {cells.CELLS * cells.CLUSTERS * cells.SIZE:,} rows"
    )
    about_release = f"{asked.people:,} people, {len(release.ROUNDS)} rounds, {release.INDICATORS} indicators, {groups}"
    rows = [*lines("cells", about_cells, of_cells), *lines("release", about_release, of_release)]
    text = f"{table(HEADINGS, rows)}\n\nThe best of {asked.repeats} turns, on {machine()}"
    sys.stdout.write(text + "\n")
    if asked.people == PEOPLE and set(asked.ways.split(",")) >= {"bare", "ours", "models", "pandas"}:
        replace_section(DOCS / "performance.md", "estimates", text)


if __name__ == "__main__":
    main()
