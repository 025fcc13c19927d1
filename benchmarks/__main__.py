"""Measures the pipeline on made-up programmes of several sizes, beside a bare scan and beside pandas.

`make bench` prints a table and keeps it in docs/performance.md. Each stage runs in a process of its own; of several
runs the fastest counts, since other work on the machine only ever adds.
"""

import argparse
import sys
import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path

from benchmarks.documents import DOCS, machine, replace_section, table
from benchmarks.stage import Measured, measure

STAGES = ("landing", "refresh", "report", "bare", "pandas")
TITLES = {
    "landing": "landing (pull from CSV)",
    "refresh": "refresh",
    "report": "one report",
    "bare": "bare scan and aggregate",
    "pandas": "refresh in pandas",
}
SIZES = "1k,100k,1M"
LARGEST = 1_000_000
SMALLEST_SESSION = 30
MOST_SESSIONS = 1_000
SLOWER_THAN_BARE = 3.0
FASTER_THAN_PANDAS = 3.0
PEAK_GB = 4.0

Results = dict[str, Measured]


def participants(size: str) -> int:
    """`1k` is a thousand, `1M` a million."""
    scales = {"k": 1_000, "m": 1_000_000}
    scale = scales.get(size[-1].lower(), 1)
    return int(float(size.rstrip("kKmM")) * scale)


def session_size(people: int, asked: int | None) -> int:
    """People a course session: 30, and in larger programmes as many as a thousand sessions share."""
    return asked or max(SMALLEST_SESSION, people // MOST_SESSIONS)


def run(people: int, in_session: int, repeats: int, folder: Path, stages: Sequence[str]) -> Results:
    """Every stage's fastest run, with the highest peak of all its runs."""
    _say(f"{people:,} participants, sessions of {in_session}: making them up")
    measure("make", folder, str(people), str(in_session))
    best: Results = {}
    for stage in stages:
        runs = [measure(stage, folder) for _ in range(repeats)]
        fastest = min(runs, key=lambda each: each.seconds)
        best[stage] = replace(fastest, peak_gb=max(each.peak_gb for each in runs))
        _say(f"  {TITLES[stage]}: {best[stage].seconds:.2f} s, {best[stage].peak_gb:.2f} GB")
    return best


def rows(people: int, in_session: int, found: Results) -> Iterator[tuple[str, ...]]:
    """The table's rows for one size."""
    for stage, each in found.items():
        yield (
            TITLES[stage],
            f"{people:,}",
            f"{people // in_session:,}",
            f"{each.seconds:,.2f}",
            f"{each.cpu_seconds:,.2f}",
            f"{each.peak_gb:.2f}",
            _beside(stage, found),
        )


def _beside(stage: str, found: Results) -> str:
    if "refresh" not in found or stage not in ("bare", "pandas"):
        return ""
    return f"{found[stage].seconds / found['refresh'].seconds:.2f} x refresh"


def parts(refresh: Measured) -> Iterator[tuple[str, ...]]:
    """Where the largest refresh's time goes."""
    for part, seconds in refresh.parts.items():
        yield part, f"{seconds:,.2f}"
    yield "all else", f"{refresh.seconds - sum(refresh.parts.values()):,.2f}"


def aims(found: Results) -> Iterator[tuple[str, ...]]:
    """What was aimed at for a million participants, beside what came out."""
    refresh = found["refresh"]
    yield "refresh's peak memory", f"under {PEAK_GB:g} GB", f"{refresh.peak_gb:.2f} GB", _met(refresh.peak_gb < PEAK_GB)
    if "bare" in found:
        ratio = refresh.seconds / found["bare"].seconds
        yield "refresh / bare scan", f"at most {SLOWER_THAN_BARE:g}", f"{ratio:.1f}", _met(ratio <= SLOWER_THAN_BARE)
    if "pandas" in found:
        ratio = found["pandas"].seconds / refresh.seconds
        yield "pandas / refresh", f"at least {FASTER_THAN_PANDAS:g}", f"{ratio:.1f}", _met(ratio >= FASTER_THAN_PANDAS)


def _met(reached: bool) -> str:
    return "yes" if reached else "no"


def _say(line: str) -> None:
    sys.stderr.write(line + "\n")
    sys.stderr.flush()


def main(arguments: Sequence[str] | None = None) -> None:
    """Prints the table; with the usual sizes and stages also writes it into docs/performance.md."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__.splitlines()[0])
    parser.add_argument("--sizes", default=SIZES, help="participants, with commas between (default: %(default)s)")
    parser.add_argument(
        "--session-size", type=int, help="people a course session (default: 30, at most 1,000 sessions)"
    )
    parser.add_argument("--repeats", type=int, default=2, help="runs of each stage (default: %(default)s)")
    parser.add_argument("--stages", default=",".join(STAGES), help="which stages, in this order (default: %(default)s)")
    parser.add_argument(
        "--folder", type=Path, help="where the data are made; needs 5 GB for 1M (default: a temporary one)"
    )
    asked = parser.parse_args(arguments)
    stages = asked.stages.split(",")
    lines: list[tuple[str, ...]] = []
    with tempfile.TemporaryDirectory(prefix="impact-bench-") as temporary:
        for size in asked.sizes.split(","):
            people = participants(size)
            in_session = session_size(people, asked.session_size)
            found = run(people, in_session, asked.repeats, (asked.folder or Path(temporary)) / size, stages)
            lines += rows(people, in_session, found)
    headings = ("stage", "participants", "sessions", "seconds", "CPU seconds", "peak GB", "beside refresh")
    text = table(headings, lines)
    if "refresh" in found:
        text += f"\n\n{table(('of this refresh', 'seconds'), [*parts(found['refresh'])])}"
    if people >= LARGEST and "refresh" in found:
        text += f"\n\n{table(('at 1M', 'aim', 'measured', 'met'), [*aims(found)])}"
    text += f"\n\nThe best of {asked.repeats} runs each, on {machine()}"
    sys.stdout.write(text + "\n")
    if (asked.sizes, asked.stages) == (SIZES, ",".join(STAGES)) and asked.session_size is None:
        replace_section(DOCS / "performance.md", "performance", text)


if __name__ == "__main__":
    main()
