"""Writes measured tables into the docs, between markers: no figure there is typed by hand."""

import os
import platform
import re
from collections.abc import Sequence
from importlib.metadata import version
from pathlib import Path

import psutil

DOCS = Path(__file__).resolve().parent.parent / "docs"
LIBRARIES = ("polars", "duckdb", "pandas", "numpy", "weasyprint")


def machine() -> str:
    """The machine and the versions a measurement was made with, as one line."""
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count()
    memory = psutil.virtual_memory().total / 2**30
    libraries = ", ".join(f"{name} {version(name)}" for name in LIBRARIES)
    return (
        f"{cores} cores ({platform.machine()}), {memory:.0f} GiB of memory, {platform.system()}, "
        f"Python {platform.python_version()}, {libraries}."
    )


def table(headings: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    """A Markdown table with even columns, readable at a terminal too; the first column is left-aligned."""
    widths = [max(len(row[column]) for row in [headings, *rows]) for column in range(len(headings))]

    def line(cells: Sequence[str]) -> str:
        first = cells[0].ljust(widths[0])
        return (
            "| "
            + " | ".join([first, *(cell.rjust(wide) for cell, wide in zip(cells[1:], widths[1:], strict=True))])
            + " |"
        )

    rule = "| " + " | ".join([":" + "-" * (widths[0] - 1), *("-" * (wide - 1) + ":" for wide in widths[1:])]) + " |"
    return "\n".join([line(headings), rule, *(line(row) for row in rows)])


def replace_section(path: Path, name: str, text: str) -> None:
    """Puts `text` between the document's markers of that name."""
    begin, end = f"<!-- {name}: made by the program, not by hand -->", f"<!-- end of {name} -->"
    document = path.read_text(encoding="utf-8")
    pattern = re.compile(re.escape(begin) + ".*?" + re.escape(end), re.DOTALL)
    if not pattern.search(document):
        raise ValueError(f"{path}: the markers of section '{name}' are missing: {begin} ... {end}")
    path.write_text(pattern.sub(lambda _: f"{begin}\n\n{text}\n\n{end}", document), encoding="utf-8")
