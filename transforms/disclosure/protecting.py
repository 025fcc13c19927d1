"""Makes a release's tables safe against subtraction: hides what else has to be hidden."""

from collections.abc import Mapping

import polars as pl

from transforms.disclosure.counted import ESTIMATES, FUNNEL, TRANSITIONS, counted, origins, row_names
from transforms.disclosure.primary import without_figures
from transforms.disclosure.suppression import complementary

_CERTAIN = "certain_estimates"
_SHARES = ("share", "low", "high")


def protected(
    told: Mapping[str, pl.DataFrame],
    results: Mapping[str, pl.DataFrame],
    earlier: Mapping[str, pl.DataFrame],
    lies_in: pl.DataFrame,
    floor: int,
) -> dict[str, pl.DataFrame]:
    """The tables `told`, with more rows hidden where subtraction would tell of too few.

    Nothing says of a hidden row whether it is one of few people or is hidden for another's sake. `results`, `told`,
    `earlier`: as for `counted`; `lies_in`: by `margins.inside`.
    """
    return _without(told, complementary(counted(results, told, earlier, floor), lies_in, floor))


def protected_again(
    tonight: Mapping[str, pl.DataFrame],
    settled: Mapping[str, pl.DataFrame],
    results: Mapping[str, pl.DataFrame],
    earlier: Mapping[str, pl.DataFrame],
    lies_in: pl.DataFrame,
    floor: int,
) -> dict[str, pl.DataFrame]:
    """The tables `tonight` with more rows hidden, where what is `settled` between releases tells too much.

    Earlier figures may stand beside tonight's that were hidden with others than they were. As for `protected`; a hidden
    row on enough people may now be the only one of a sum: it waits, and tells of no few.
    """
    safe = _without(tonight, complementary(counted(results, settled, earlier, floor), lies_in, floor, need=1))
    is_shown = pl.col("visibility").cast(pl.String) == "shown"
    return safe | {"bounds": tonight["bounds"].join(safe[ESTIMATES].filter(is_shown), on="estimate", how="semi")}


def _without(told: Mapping[str, pl.DataFrame], more: pl.Series) -> dict[str, pl.DataFrame]:
    """The tables without what these rows say."""
    estimates, funnel, transitions = (told[name] for name in (ESTIMATES, FUNNEL, TRANSITIONS))
    moves_hidden = _among(TRANSITIONS, transitions, more)
    shares_hidden = moves_hidden | origins(transitions).is_in(more.implode())
    certain = told[_CERTAIN]
    return {
        **told,
        ESTIMATES: without_figures(estimates, _among(ESTIMATES, estimates, more)),
        _CERTAIN: without_figures(certain, _among(ESTIMATES, certain, more)),
        FUNNEL: funnel.with_columns(pl.when(~_among(FUNNEL, funnel, more)).then("people")),
        TRANSITIONS: transitions.with_columns(
            pl.when(~moves_hidden).then("units"), pl.when(~shares_hidden).then(pl.col(_SHARES))
        ),
    }


def _among(name: str, frame: pl.DataFrame, rows: pl.Series) -> pl.Series:
    return row_names(name, frame).is_in(rows.implode())


def as_of_tonight(settled: Mapping[str, pl.DataFrame], results: Mapping[str, pl.DataFrame]) -> dict[str, pl.DataFrame]:
    """The tables without the figures that stand though their counts have changed: of tonight's they say nothing.

    What they said together when they were made was looked at then.
    """
    estimates, funnel, transitions = (settled[name] for name in (ESTIMATES, FUNNEL, TRANSITIONS))
    counts = {"n": "n", "n_comparison": "n_comparison", "value": "value"}
    truth = results[ESTIMATES].select("estimate", **{f"{name}_now": column for name, column in counts.items()})
    beside = estimates.join(truth, on="estimate", how="left", maintain_order="left")
    of_count = pl.col("quantity").cast(pl.String) == "count"
    other = (
        pl.col("n").ne_missing(pl.col("n_now"))
        | pl.col("n_comparison").ne_missing(pl.col("n_comparison_now"))
        | (of_count & ((pl.col("value") - pl.col("value_now")).abs() >= 0.5).fill_null(True))
    )
    return {
        **settled,
        ESTIMATES: without_figures(estimates, beside.select(other).to_series()),
        FUNNEL: _of_tonight(FUNNEL, funnel, results, ["people"]),
        TRANSITIONS: _of_tonight(TRANSITIONS, transitions, results, ["units", *_SHARES]),
    }


def _of_tonight(name: str, told: pl.DataFrame, results: Mapping[str, pl.DataFrame], columns: list[str]) -> pl.DataFrame:
    """Of a table of counts, the first of `columns`, what is so tonight."""
    truth = results[name].select(row_names(name, results[name]), now=columns[0])
    beside = told.select(row_names(name, told)).join(truth, on="row", how="left", maintain_order="left")
    return told.with_columns(pl.when(pl.col(columns[0]).eq_missing(beside["now"])).then(pl.col(columns)))
