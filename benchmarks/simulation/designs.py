"""Declared designs for a whole programme: adjusted, round by round, staggered, matched. A cell is one replication."""

from collections.abc import Callable, Iterator

import numpy as np
import polars as pl

from benchmarks.simulation import draws
from benchmarks.simulation.finding import Finding, around, covered
from transforms.estimating.ancova import adjusted
from transforms.estimating.matched import effect_on_treated
from transforms.estimating.similar import strata_of
from transforms.estimators import event_study, staggered_entry, student
from transforms.estimators.cohort import NEVER
from transforms.estimators.matching import LEFT_OUT

EFFECT = 0.3
NEAR = (0.93, 0.97)
"""What an interval that is no more than approximately right must cover."""
UNBIASED = (-3.0, 3.0)
"""The mean error in its own Monte-Carlo errors."""
LEFT = (-0.1, 0.1)
"""The share of the bare difference's bias that five strata leave, at most (Rosenbaum and Rubin 1984)."""
ASKED = {"asked": True, "due": True, "told": True, "eligible": True}


def ancova(noise: np.random.Generator, replications: int) -> Iterator[Finding]:
    """The outcome on treatment, the own baseline and two covariates."""
    units = draws.clustered(noise, replications, 24)
    before, size = (pl.Series(noise.normal(0, 1, units.height)) for _ in range(2))
    town = pl.Series(noise.integers(0, 3, units.height)).cast(pl.String)
    units = units.with_columns(baseline=before, ever="treated", **ASKED).with_columns(
        value=EFFECT * pl.col("treated") + 0.6 * before + 0.4 * size + pl.col("noise"),
        **{"amount.size": size, "category.town": town},
    )
    units = units.drop("treated").with_columns(side=pl.when("ever").then(pl.lit("treated")).otherwise(pl.lit("no")))
    found = _each(units, lambda part: adjusted(part, ["amount.size", "category.town"]))
    yield from _held("ancova_cr2", "12+12 clusters of 10, two covariates", found, replications)


def rounds(noise: np.random.Generator, replications: int) -> Iterator[Finding]:
    """Four rounds, two of them before anybody entered."""
    panel = _panel(noise, replications, pl.when(pl.col("cluster") % 2 == 0).then(2).otherwise(NEVER))
    names, tests = [str(each) for each in range(4)], []

    def of_last(part: pl.DataFrame) -> pl.DataFrame | None:
        made = event_study.of_period(part.with_columns(ever=pl.col("entered") == 2), 2, names)
        if made is None:
            return None
        tests.append(made[1])
        return made[0].filter(pl.col("round") == "3")

    found = _each(panel, of_last)
    data = "12+12 clusters of 10, 2 rounds before entry and 2 after"
    yield from _held("event_study_cr2", data, found, replications)
    # Wald's test of 1 term on clusters - 1 degrees of freedom.
    yield Finding("pre-trend of event_study", data, "type I", _rejected(tests), 0.02, around(0.06, replications)[1], 0)


def staggered(noise: np.random.Generator, replications: int) -> Iterator[Finding]:
    """Cohorts that enter at the second, third and fourth of four rounds, or never."""
    entry = (pl.col("cluster") % 4 + 1).replace(4, NEVER)
    panel = _panel(noise, replications, entry, clusters=40)
    tests = []

    def overall(part: pl.DataFrame) -> pl.DataFrame | None:
        made = staggered_entry.of_period(part)
        if made is None:
            return None
        entries, effects = made
        tests.append(staggered_entry.pre_trend_p(entries, effects))
        effect = effects.overall()
        error = effect.standard_error(entries.clusters)
        row = {"value": [effect.value], "standard_error": [error], "df": [float(entries.clusters.max())]}
        return student.with_inference(pl.DataFrame(row))

    found = _each(panel, overall)
    data = "40 clusters of 10, a quarter enters at each of 3 rounds"
    yield from _held("callaway_santanna_influence", data, found, replications)
    most = around(0.06, replications)[1]
    yield Finding("pre-trend of staggered", data, "type I", _rejected(tests), 0.02, most, replications)


def matched(noise: np.random.Generator, replications: int) -> Iterator[Finding]:
    """Larger units and those of a union take part more often and fare better; clusters hold both arms."""
    units = draws.clustered(noise, replications, 30, 20, 0.1)
    size = noise.normal(0, 1, units.height)
    union = noise.random(units.height) < 0.4
    treated = noise.random(units.height) < 1 / (1 + np.exp(1 - 0.8 * size - 0.7 * union))
    units = units.with_columns(
        pl.Series("ever", treated),
        value=pl.Series(EFFECT * treated + 0.8 * size + 0.6 * union) + pl.col("noise"),
        **ASKED,
        **{"amount.size": pl.Series(size), "category.union": pl.Series(union).cast(pl.String)},
    )
    names = ["amount.size", "category.union"]

    def effect(part: pl.DataFrame) -> pl.DataFrame | None:
        known = strata_of(part.select(names), part["ever"].cast(pl.Float64).to_numpy())
        return effect_on_treated(part.with_columns(stratum=pl.Series(known).replace(LEFT_OUT, None)), names)

    found = _each(units, effect)
    data = "600 units in 30 clusters that hold both arms, covariates decide who takes part"
    method = "matched_strata_cr2"
    yield Finding(method, data, "coverage", covered(found, EFFECT), *NEAR, replications)
    gaps = units.group_by("cell").agg(
        value=pl.col("value").filter("ever").mean() - pl.col("value").filter(~pl.col("ever")).mean()
    )
    yield Finding(method, data, "bias left", _bias(found) / _bias(gaps), *LEFT, replications)
    alone = _each(units.with_columns(stratum=0), lambda part: effect_on_treated(part, []))
    yield Finding(
        "difference, not matched", data, "coverage", covered(alone, EFFECT), *NEAR, replications, control=True
    )


def _panel(noise: np.random.Generator, replications: int, entry: pl.Expr, clusters: int = 24) -> pl.DataFrame:
    """One row a unit and round, sorted by both: its level, its clusters' and its own noise, the effect since entry."""
    units = draws.clustered(noise, replications, clusters).with_columns(entered=entry.cast(pl.Int64))
    shared = noise.normal(0, 0.4, (4, replications * clusters))[:, units["cluster"].to_numpy()]
    frames = [
        units.select(
            "cell",
            "cluster",
            "unit",
            "entered",
            value=pl.col("noise")
            + pl.Series(shared[number] + noise.normal(0, 1, units.height))
            + 0.2 * number
            + EFFECT * (pl.col("entered") <= number),
            position=pl.lit(number),
            round=pl.lit(str(number)),
            **{name: pl.lit(each) for name, each in ASKED.items()},
        )
        for number in range(4)
    ]
    return pl.concat(frames).sort("cell", "position", "unit")


def _each(rows: pl.DataFrame, estimate: Callable[[pl.DataFrame], pl.DataFrame | None]) -> pl.DataFrame:
    """One row a cell: the estimate with its interval; a cell without one has none."""
    found = [estimate(part) for part in rows.partition_by("cell", maintain_order=True)]
    missing = pl.DataFrame({"value": [None]}, schema={"value": pl.Float64})
    return pl.concat([missing if each is None else each for each in found], how="diagonal_relaxed")


def _held(method: str, data: str, found: pl.DataFrame, replications: int) -> Iterator[Finding]:
    yield Finding(method, data, "coverage", covered(found, EFFECT), *NEAR, replications)
    error = found["value"] - EFFECT
    mean = float(error.mean() / error.std() * np.sqrt(error.len()))  # type: ignore[operator]
    yield Finding(method, data, "mean error", mean, *UNBIASED, replications)


def _bias(found: pl.DataFrame) -> float:
    return float((found["value"] - EFFECT).mean())  # type: ignore[arg-type]


def _rejected(p_values: list[float]) -> float:
    return float(np.mean(np.array(p_values) <= 0.05))


SIMULATIONS = (ancova, rounds, staggered, matched)
