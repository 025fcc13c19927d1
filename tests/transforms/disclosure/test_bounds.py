"""The bounds of hidden counts are those of one plain linear programme over every count and every sum."""

import numpy as np
import polars as pl
import pytest
from scipy.optimize import linprog

from transforms.disclosure.bounds import bounds
from transforms.disclosure.margins import COLUMNS, memberships

FLOOR = 10
DISTRICTS = pl.DataFrame(
    {"by": "district", "group": [f"d{n}" for n in range(6)], "whole_by": "province", "whole_group": list("pppqqq")}
)
ARMS = ("treated", "comparison")


def made_up(seed: int) -> pl.DataFrame:
    """Every count of a programme in two provinces, six districts, two sexes and two arms; some hidden at random."""
    random = np.random.default_rng(seed)
    people = random.integers(0, 25, size=(2, 6, 2))  # by arm, district and sex
    rows = []
    for arm, of_arm in (*zip(ARMS, people, strict=True), ("all", people.sum(axis=0))):
        numbers = {("programme", "all"): of_arm.sum()}
        numbers |= {("district", f"d{n}"): of_arm[n].sum() for n in range(6)}
        numbers |= {("province", name): of_arm[3 * n : 3 * n + 3].sum() for n, name in enumerate("pq")}
        numbers |= {("sex", name): of_arm[:, n].sum() for n, name in enumerate("wm")}
        rows += [(f"{arm}.{by}.{group}", "t", arm, by, group, int(number)) for (by, group), number in numbers.items()]
    frame = pl.DataFrame(rows, COLUMNS[:-2], orient="row")
    hidden = pl.Series(random.random(frame.height) < 0.4) & (frame["by"] != "programme")
    return frame.with_columns(hidden=hidden, known=False, place=pl.lit("")).with_row_index("cell")


def plain(cells: pl.DataFrame) -> dict[str, tuple[float, float]]:
    """The bounds of each hidden row by a linear programme with a variable for every count, written out by hand."""
    number = dict(cells.select("row", "number").iter_rows())
    place = {row: index for index, row in enumerate(number)}
    sums = []
    for arm in (*ARMS, "all"):
        sums.append((f"{arm}.programme.all", [f"{arm}.province.{name}" for name in "pq"]))
        sums.append((f"{arm}.programme.all", [f"{arm}.sex.{name}" for name in "wm"]))
        sums.append((f"{arm}.province.p", [f"{arm}.district.d{n}" for n in range(3)]))
        sums.append((f"{arm}.province.q", [f"{arm}.district.d{n}" for n in range(3, 6)]))
    for row in place:
        arm, rest = row.split(".", 1)
        if arm == "all":
            sums.append((row, [f"{each}.{rest}" for each in ARMS]))
    matrix = np.zeros((len(sums), len(place)))
    for index, (whole, parts) in enumerate(sums):
        matrix[index, place[whole]] = -1
        matrix[index, [place[part] for part in parts]] = 1
    hidden = cells.filter("hidden")["row"].to_list()
    limits = [(0, None) if row in hidden else (number[row], number[row]) for row in place]
    found = {}
    for row in hidden:
        aim = np.zeros(len(place))
        aim[place[row]] = 1
        ends = [
            linprog(sign * aim, A_eq=matrix, b_eq=np.zeros(len(sums)), bounds=limits).fun * sign for sign in (1, -1)
        ]
        found[row] = (round(ends[0], 6), round(ends[1], 6))
    return found


@pytest.mark.parametrize("seed", range(6))
def test_they_are_those_of_a_plain_linear_programme(seed: int):
    cells = made_up(seed)

    found = bounds(memberships(cells, DISTRICTS, FLOOR)).drop_nulls("row")

    exact = plain(cells)
    assert {
        row: (round(low, 6), round(high, 6)) for row, low, high in found.select("row", "least", "most").rows()
    } == exact
    assert len(exact) > 5


def test_the_only_hidden_group_is_known_exactly():
    rows = [("all", "programme", "all", 30), ("w", "sex", "w", 26), ("m", "sex", "m", 4)]
    cells = pl.DataFrame(
        [(row, "t", "", by, group, number, row == "m", False) for row, by, group, number in rows], COLUMNS, orient="row"
    )
    numbered = cells.with_columns(place=pl.lit("")).with_row_index("cell")

    found = bounds(memberships(numbered, DISTRICTS, FLOOR))

    assert found.select("row", "least", "most").rows() == [("m", 4.0, 4.0)]


def test_where_nothing_is_hidden_there_is_nothing_to_bound():
    assert bounds(memberships(made_up(1).with_columns(hidden=False), DISTRICTS, 1)).is_empty()
