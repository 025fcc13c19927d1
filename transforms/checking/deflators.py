"""Reads a programme's deflators.csv, and finds every mistake in it: a row a month, one month after another."""

import csv
import math
import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from transforms.errors import ProgrammeError, nearest
from transforms.programme.prices import MONTH, following

NAME = "deflators.csv"
COLUMNS = ("month", "index", "source")
_BUDDHIST = 2400


def with_index(folder: Path, declared: Mapping[str, Any]) -> dict[str, Any]:
    """What programme.toml declares, with the index of deflators.csv in its `prices`. Raises ProgrammeError."""
    prices, path = declared.get("prices"), folder / NAME
    if prices is None and not path.is_file():
        return dict(declared)
    if prices is None:
        raise ProgrammeError(
            [
                f"{folder / 'programme.toml'}: {NAME} is there, and prices is missing. Declare in the prices of which "
                'month money is told: prices = { base = "2024-10" }, or take the file away.'
            ]
        )
    if not path.is_file():
        raise ProgrammeError(
            [
                f"{path}: the file is missing, and prices of programme.toml needs it. Put it there, with the columns "
                f"{', '.join(COLUMNS)}, or take prices out."
            ]
        )
    if not isinstance(prices, Mapping) or "base" not in prices:
        return dict(declared)  # its fields are checked with all others
    return {**declared, "prices": {**prices, **_read(path, str(prices["base"]))}}


def _read(path: Path, base: str) -> dict[str, Any]:
    """`index` by month and `source`. Raises ProgrammeError with every mistake found."""
    rows = _rows(path)
    mistakes = list(_mistakes(path, rows))
    if not mistakes and base not in {row["month"] for _, row in rows}:
        said = (
            f"{path}: there is no month {base}, in whose prices programme.toml (prices, base) says that money is told."
        )
        mistakes.append(f"{said} {nearest(base, [row['month'] for _, row in rows])}")
    if mistakes:
        raise ProgrammeError(mistakes)
    sources = dict.fromkeys(row["source"] for _, row in rows)
    return {"index": {row["month"]: float(row["index"]) for _, row in rows}, "source": "; ".join(sources)}


def _rows(path: Path) -> list[tuple[int, dict[str, str]]]:
    """Each row with its number in the file. Raises ProgrammeError where they cannot be told apart."""
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            rows = csv.reader(file, strict=True)
            head = [each.strip() for each in next(rows, [])]
            if sorted(head) != sorted(COLUMNS):
                said = f"{path}, row 1: the columns are {', '.join(head) or 'missing'}. They must be "
                raise ProgrammeError([f"{said}{', '.join(COLUMNS)}."])
            return [
                (rows.line_num, dict(zip(head, (each.strip() for each in row), strict=True)))
                for row in rows
                if any(map(str.strip, row))
            ]
    except UnicodeDecodeError:
        raise ProgrammeError([f"{path}: the file is not UTF-8 text. Save it as CSV UTF-8."]) from None
    except OSError as error:
        raise ProgrammeError([f"{path}: it cannot be read: {error.strerror}. Give yourself the right to it."]) from None
    except (csv.Error, ValueError):
        raise ProgrammeError(
            [f"{path}: a row has another number of cells than there are columns. Write a month, an index and a source."]
        ) from None


def _mistakes(path: Path, rows: list[tuple[int, dict[str, str]]]) -> Iterator[str]:
    if not rows:
        yield f"{path}: there is no row. Write one a month."
    before = ""
    for number, row in rows:
        where, month = f"{path}, row {number}", row["month"]
        if not re.match(MONTH, month):
            yield f"{where}: month = '{month}' is no month. Write the Christian year and the month, such as 2024-10."
            before = ""
            continue
        if int(month[:4]) >= _BUDDHIST:
            yield f"{where}: month = '{month}' is a Buddhist year. Write the Christian one, such as 2024-10."
        if before and month != following(before):
            yield (
                f"{where}: month = '{month}' does not follow {before}: {following(before)} is missing. Write one row a "
                "month, one month after another, without a gap or a repetition."
            )
        before = month
        if not _is_index(row["index"]):
            yield f"{where}: index of {month} is '{row['index']}'. It must be a number above 0, such as 100.32."
        if not row["source"]:
            yield f"{where}: source of {month} is empty. Say who publishes the index, and under which name."


def _is_index(text: str) -> bool:
    try:
        number = float(text)
    except ValueError:
        return False
    return math.isfinite(number) and number > 0
