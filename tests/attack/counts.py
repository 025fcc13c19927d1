"""What one night's file says of the counts that it hides, to somebody who knows nobody: bounds by linear programmes."""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import polars as pl
from scipy.optimize import linprog

from tests.attack.nights import Seen
from tests.attack.village import Person

FLOOR = 10
NARROWEST = 5
"""No hidden count may be known to an interval narrower than this."""
WHOLES = {"province": ("programme", lambda group: "all"), "sex": ("programme", lambda group: "all")} | {
    "district": ("province", lambda group: group[:1]),
    "subdistrict": ("district", lambda group: group[:2]),
}
"""By breakdown, in which other its groups lie, and in which of the other's."""
Cell = tuple[str, str]


@dataclass(frozen=True)
class Hidden:
    """A hidden count on too few people: what it is, and between which numbers it must lie."""

    night: int
    item: tuple[str, ...]
    cell: Cell
    truth: int
    low: float
    high: float

    @property
    def is_breach(self) -> bool:
        """Whether it is known too well."""
        return self.high - self.low < NARROWEST


def attacked(seen: list[Seen]) -> Iterator[Hidden]:
    """Every hidden count under the floor of every night. Figures made on the same night add up; others say nothing."""
    for night in seen:
        for (indicator, quantity, round_id), figures in night.figures.group_by("indicator", "quantity", "round"):
            item = (str(indicator), str(quantity), str(round_id))
            shown: dict[Cell, float] = {}
            for row in figures.filter(pl.col("night") == night.number).drop_nulls("n").to_dicts():
                shown[row["by"], row["group"]] = row["n"]
            cells = {(row["by"], row["group"]) for row in figures.select("by", "group").to_dicts()}
            truth = _truth(night.people, item)
            yield from _bounded(night.number, item, cells, shown, truth)


def _truth(people: dict[str, Person], item: tuple[str, ...]) -> dict[Cell, int]:
    found: dict[Cell, int] = {}
    for person in people.values():
        if item[0] != "people" and item[2] == "m6" and person.after is None:
            continue
        for cell in person.groups.items():
            found[cell] = found.get(cell, 0) + 1
    return found


def _bounded(
    night: int, item: tuple[str, ...], cells: set[Cell], shown: dict[Cell, float], truth: dict[Cell, int]
) -> Iterator[Hidden]:
    names = sorted(cells)
    place = {cell: number for number, cell in enumerate(names)}
    rows, totals = [], []
    for by, (whole_by, whole_of) in WHOLES.items():
        parts: dict[Cell, list[Cell]] = {}
        for cell in names:
            if cell[0] == by:
                parts.setdefault((whole_by, whole_of(cell[1])), []).append(cell)
        for whole, own in parts.items():
            row = np.zeros(len(names))
            row[[place[each] for each in own]] = 1
            row[place[whole]] = -1
            rows.append(row)
            totals.append(0.0)
    ranges = [(shown[cell], shown[cell]) if cell in shown else (0.0, None) for cell in names]
    hidden = [cell for cell in names if cell not in shown and 0 < truth.get(cell, 0) < FLOOR]
    for cell in hidden:
        ends = []
        for direction in (1.0, -1.0):
            wanted = np.zeros(len(names))
            wanted[place[cell]] = direction
            solved = linprog(wanted, A_eq=np.array(rows), b_eq=totals, bounds=ranges, method="highs")
            ends.append(direction * solved.fun if solved.status == 0 else np.inf)
        if np.isfinite(ends[0]):
            yield Hidden(night, item, cell, truth[cell], ends[0], ends[1])
