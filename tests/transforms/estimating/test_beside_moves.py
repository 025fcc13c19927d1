"""What stands beside the matrix of moves: against the matrix itself, and a truth that was planted."""

import polars as pl
import pytest

from tests.transforms.test_estimate import _complete, enrolled, indicator, programme, responses, text
from transforms import tables
from transforms.estimate import Estimated, estimate
from transforms.measure import measure
from transforms.programme import Programme

RULE = {
    "title": text("size"),
    "column": "class",
    "revenue": "sales",
    "workers": "jobs",
    "sector": "sex",
    "sizes": [{"value": each, "title": text(each)} for each in ("micro", "small")],
    "limits": [
        {"size": "micro", "sectors": ["f", "m"], "revenue": 8000, "workers": 3},
        {"size": "small", "sectors": ["f", "m"], "revenue": 1e12, "workers": 1000},
    ],
}


def declared(cluster: str | None = "session") -> Programme:
    return programme(cluster=cluster, size_rule=RULE, indicators={"size": indicator("transition", "size")})


def estimated(rows: pl.DataFrame, of: Programme) -> Estimated:
    rows = tables.responses(of).cast(_complete(rows, of))
    return estimate(rows, measure(rows, of), enrolled(rows), of)


@pytest.fixture(scope="module")
def rows() -> pl.DataFrame:
    return responses()


@pytest.fixture(scope="module")
def found(rows: pl.DataFrame) -> Estimated:
    return estimated(rows, declared())


def one(
    estimates: pl.DataFrame, term: str, arm: str, quantity: str = "change", round_: str = "m6"
) -> dict[str, object]:
    wanted = {"term": term, "arm": arm, "quantity": quantity, "round": round_}
    kept = estimates.filter(*(pl.col(key).cast(pl.String) == value for key, value in wanted.items()))
    assert kept.height == 1
    return kept.row(0, named=True)


@pytest.mark.parametrize("arm", ["treated", "comparison"])
def test_the_net_share_is_that_of_the_matrix_and_a_closure_is_a_move_down(found: Estimated, arm: str) -> None:
    matrix = found.transitions.filter(pl.col("arm").cast(pl.String) == arm, by="programme", round="m6")
    moves = {(row["origin"], row["destination"]): row["units"] for row in matrix.to_dicts()}
    known = {pair: many for pair, many in moves.items() if "unknown" not in pair}
    down = known["small", "micro"] + known["micro", "closed"] + known["small", "closed"]
    told = one(found.estimates, "net_upward", arm)

    assert told["n"] == sum(known.values())
    assert told["value"] == pytest.approx((known["micro", "small"] - down) / sum(known.values()))
    assert told["low"] < told["value"] < told["high"]  # type: ignore[operator]

    test = one(found.estimates, "homogeneity", arm)  # of two classes it is McNemar's
    up, back = known["micro", "small"], known["small", "micro"]
    assert test["value"] == pytest.approx((up - back) ** 2 / (up + back))
    assert (test["df"], test["n"]) == (1, known["micro", "micro"] + known["small", "small"] + up + back)


def test_the_arms_are_compared_by_their_net_shares(found: Estimated) -> None:
    arms = [one(found.estimates, "net_upward", arm)["value"] for arm in ("treated", "comparison")]
    effect = one(found.estimates, "net_upward", "both", "effect")

    assert effect["value"] == pytest.approx(arms[0] - arms[1])  # type: ignore[operator]
    assert effect["method"] == "net_share_difference_cr2"


def test_a_move_of_everybody_that_is_known_comes_out(rows: pl.DataFrame) -> None:
    number = pl.col("participant").str.slice(1).cast(pl.Int64)
    later = pl.col("treated") & (pl.col("round") != "start")
    # Three of every ten of the treated move up.
    size = pl.when(later & (number % 10 < 3)).then(pl.lit("small")).otherwise(pl.lit("micro"))
    moved = rows.with_columns(answered=True, closed=False, size=size, cluster="participant")
    told = one(estimated(moved, declared(cluster=None)).estimates, "net_upward", "treated")
    truth = moved.filter(pl.col("treated"), pl.col("round") == "m6").select((pl.col("size") == "small").mean()).item()

    assert told["value"] == pytest.approx(truth)
    assert told["method"] == "net_share_agresti_min"


def test_the_other_reading_counts_those_whose_workers_say_otherwise(rows: pl.DataFrame, found: Estimated) -> None:
    small_by = {name: pl.col(name) > limit for name, limit in (("sales", 8000), ("jobs", 3))}
    # The class in these rows is drawn at random, so that it differs from the law's other reading by chance too.
    start = rows.filter(pl.col("round") == "start", pl.col("arm") == "treated").drop_nulls("jobs")
    other = pl.when(small_by["sales"] | small_by["jobs"]).then(pl.lit("small")).otherwise(pl.lit("micro"))
    differ = start.select((pl.col("size") != other).sum()).item()
    told = one(found.estimates, "other_reading", "treated", "level", "start")

    assert (told["numerator"], told["n"], told["missing"]) == (differ, start.height, 174 - start.height)


def test_none_of_it_is_graded_or_of_a_family(found: Estimated) -> None:
    assert found.estimates["q_value"].null_count() == found.estimates.height
    assert set(found.estimates["by"]) == {"programme"}
