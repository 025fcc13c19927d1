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
