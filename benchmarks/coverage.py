"""Whether the intervals hold the known truth as often as they say: the whole way from answers to estimates, many times.

`python -m benchmarks.coverage --seeds 200` makes the community economy programme up once a seed, with its usual
faults, takes each through clean, link, measure and estimate, and holds the headline figures against the truth that
the data were made from. Exits with 1 when a bound is broken.
"""

import argparse
import math
import os
import sys
from collections.abc import Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cache
from multiprocessing import get_context
from pathlib import Path

# Two processes with one thread each are faster than two that share the cores' threads.
os.environ.setdefault("POLARS_MAX_THREADS", "1")

import polars as pl

from benchmarks.documents import DOCS, machine, replace_section, table
from transforms.clean import clean_submissions
from transforms.estimate import estimate
from transforms.link import link
from transforms.loading import load_programme
from transforms.measure import measure
from transforms.programme import Indicator, Programme
from transforms.synthetic import MadeUp, Spec, make_up, submissions, truth

FOLDER = Path(__file__).resolve().parent.parent / "programmes" / "community_economy"
SEEDS = 200
PROCESSES = 2
KEY = ["indicator", "quantity", "round", "arm"]
NORMAL_QUANTILE = 1.959963984540054
PULLED_AT = datetime(2026, 3, 1, tzinfo=UTC)


@dataclass(frozen=True)
class Bounds:
    """What must hold: the least coverage, the largest mean error in its own Monte-Carlo errors, the widest interval."""

    coverage: float = 0.90
    error: float = 3.0
    width: float = 1.3

    @classmethod
    def of(cls, seeds: int) -> "Bounds":
        """The bounds at 200 seeds and more; with fewer, what chance alone may add at three standard errors."""
        if seeds >= SEEDS:
            return cls()
        by_chance = 0.95 - 3 * math.sqrt(0.95 * 0.05 / seeds)
        return cls(coverage=min(cls.coverage, by_chance), width=cls.width * (1 + 3 / math.sqrt(2 * (seeds - 1))))


@cache
def programme() -> Programme:
    """The community economy programme as it ships, without the breakdowns that no headline needs."""
    shipped = load_programme(FOLDER)
    needed = {each.between.by for each in shipped.indicators.values() if each.between is not None}
    return shipped.model_copy(update={"breakdowns": tuple(each for each in shipped.breakdowns if each.by in needed)})


def headlines(declared: Programme) -> pl.DataFrame:
    """One row per headline figure: its indicator, quantity, round and arm, as the summary page shows it."""
    rows = [
        (name, each.headline, (each.rounds or tuple(round_.id for round_ in declared.rounds))[-1], _arm(each))
        for name, each in declared.indicators.items()
        if each.headline not in (None, "count")
    ]
    return pl.DataFrame(rows, schema=dict.fromkeys(KEY, pl.String), orient="row")


def _arm(indicator: Indicator) -> str:
    """An effect compares both arms; a level or a change speaks for those under treatment."""
    return "both" if indicator.headline == "effect" else "treated"


def beside(declared: Programme) -> pl.DataFrame:
    """The same levels and changes in the comparison arm: not headlines, so without a bound."""
    shown = headlines(declared).filter(pl.col("arm") == "treated").with_columns(arm=pl.lit("comparison"))
    return shown.join(truth(), on=KEY, how="semi", maintain_order="left")


def estimates(seed: int) -> pl.DataFrame:
    """The whole programme's estimates of one made-up programme, and the counts it was made with."""
    declared = programme()
    made = make_up(declared, Spec(seed=seed))
    accepted = {
        source.id: clean_submissions(
            submissions(made.sheets[source.id], source.id, PULLED_AT), declared.forms[source.form], source, declared
        ).accepted
        for source in declared.sources
    }
    # The ids stand for their pseudonyms: no number depends on what people are called.
    named = {source: _named(frame, declared) for source, frame in accepted.items()}
    follow_ups = {source.round: named[source.id] for source in declared.sources if source.round is not None}
    baseline = next(source.id for source in declared.sources if source.round is None)
    linked = link(named[baseline], follow_ups, declared)
    found = estimate(linked.responses, measure(linked.responses, declared), linked.enrolments, declared).estimates
    whole = found.filter(pl.col("by") == "programme", pl.col("term") == "")
    return pl.concat([_wanted(whole, declared), _counted(whole, made)]).with_columns(seed=pl.lit(seed))


def _named(accepted: pl.DataFrame, declared: Programme) -> pl.DataFrame:
    ids = {"participant_id": "participant", "enterprise_id": "enterprise"}
    hidden = {
        name for form in declared.forms.values() for name, question in form.questions.items() if question.identity
    }
    renamed = accepted.rename({name: to for name, to in ids.items() if name in accepted.columns})
    return renamed.drop(hidden - set(ids), strict=False)


def _wanted(whole: pl.DataFrame, declared: Programme) -> pl.DataFrame:
    wanted = pl.concat([headlines(declared), beside(declared)])
    kept = whole.with_columns(pl.col(KEY).cast(pl.String)).join(wanted, on=KEY, how="semi")
    return kept.select(*KEY, "value", "low", "high", planted=pl.lit(None, dtype=pl.Float64))


def _counted(whole: pl.DataFrame, made: MadeUp) -> pl.DataFrame:
    """The counts, each beside the number planted in this very programme."""
    planted = {
        "people_trained": float(made.planted.people_trained),
        "enterprises_supported": float(made.planted.enterprises_supported),
    }
    counts = whole.with_columns(pl.col(KEY).cast(pl.String)).filter(
        pl.col("quantity") == "count", pl.col("arm") == "all", pl.col("indicator").is_in(list(planted))
    )
    return counts.select(*KEY, "value", "low", "high", planted=pl.col("indicator").replace_strict(planted))


def simulate(seeds: Sequence[int], processes: int = PROCESSES) -> pl.DataFrame:
    """The headline estimates of every seed."""
    if processes == 1:
        return pl.concat([estimates(seed) for seed in seeds])
    with ProcessPoolExecutor(processes, mp_context=get_context("spawn")) as pool:
        return pl.concat(pool.map(estimates, seeds, chunksize=4))


def compared(found: pl.DataFrame, bounds: Bounds) -> pl.DataFrame:
    """One row per figure: coverage, mean error and width, and whether it `holds` the bounds."""
    known = truth().select(*KEY, truth="value")
    error, width = pl.col("value") - pl.col("truth"), pl.col("high") - pl.col("low")
    holds = (
        (pl.col("coverage") >= bounds.coverage)
        & (pl.col("errors").abs() <= bounds.error)
        & (pl.col("width_ratio") <= bounds.width)
    )
    return (
        found.filter(pl.col("quantity") != "count")
        .join(known, on=KEY, how="left")
        .group_by(*KEY, "truth", maintain_order=True)
        .agg(
            seeds=pl.len(),
            coverage=pl.col("truth").is_between("low", "high").fill_null(False).mean(),
            mean_error=error.mean(),
            monte_carlo_error=error.std() / pl.len().cast(pl.Float64).sqrt(),
            width=width.mean(),
            known_width=2 * NORMAL_QUANTILE * pl.col("value").std(),
        )
        .with_columns(
            errors=pl.col("mean_error") / pl.col("monte_carlo_error"),
            width_ratio=pl.col("width") / pl.col("known_width"),
        )
        .with_columns(holds=holds.fill_null(False))
    )


def miscounted(found: pl.DataFrame) -> pl.DataFrame:
    """The counts that are not those planted: one row per seed and indicator."""
    return found.filter(pl.col("quantity") == "count", pl.col("value") != pl.col("planted"))


def as_table(rows: pl.DataFrame, bounded: bool = True) -> str:
    """The comparison as Markdown."""
    headings = ["figure", "truth", "coverage", "mean error", "/ MC error", "width", "known width", "ratio", "holds"]
    cells = [
        [
            f"{row['indicator']}, {row['quantity']} at {row['round']}, {row['arm']}",
            f"{row['truth']:,.4f}",
            f"{row['coverage']:.3f}",
            f"{row['mean_error']:+,.4f}",
            f"{row['errors']:+.2f}",
            f"{row['width']:,.4f}",
            f"{row['known_width']:,.4f}",
            f"{row['width_ratio']:.2f}",
            "yes" if row["holds"] else "NO",
        ]
        for row in rows.to_dicts()
    ]
    last = None if bounded else -1
    return table(headings[:last], [row[:last] for row in cells])


def main(arguments: Sequence[str] | None = None) -> int:
    """Prints the table and, with all seeds, keeps it in docs/validation.md. 1 when a bound is broken."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.coverage", description=__doc__.splitlines()[0])
    parser.add_argument("--seeds", type=int, default=SEEDS, help="how many made-up programmes (default: %(default)s)")
    parser.add_argument("--processes", type=int, default=PROCESSES, help="processes at once (default: %(default)s)")
    asked = parser.parse_args(arguments)
    bounds = Bounds.of(asked.seeds)
    found = simulate(range(1, asked.seeds + 1), asked.processes)
    wanted, others = headlines(programme()), beside(programme())
    figures, wrong = compared(found, bounds), miscounted(found)
    rows = wanted.join(figures, on=KEY, how="inner", maintain_order="left")
    complete = rows.height == wanted.height and (rows["seeds"] == asked.seeds).all()
    counts = found.filter(pl.col("quantity") == "count")["indicator"].unique(maintain_order=True)
    said = (
        f"{asked.seeds} seeds. Bounds: coverage at least {bounds.coverage:.3f}, mean error at most {bounds.error:g} "
        f"Monte-Carlo errors, interval at most {bounds.width:.2f} x the width of the known variance.\n\n"
        f"{as_table(rows)}\n\n"
        f"Counts ({', '.join(counts)}) that differ from those planted: {wrong.height}.\n\n"
        "The same in the comparison arm, which no headline shows (no bound):\n\n"
        f"{as_table(others.join(figures, on=KEY, how='inner', maintain_order='left'), bounded=False)}"
    )
    sys.stdout.write(said + "\n")
    if asked.seeds >= SEEDS:
        replace_section(DOCS / "validation.md", "coverage", f"{said}\n\nMeasured on {machine()}")
    return 0 if complete and rows["holds"].all() and wrong.is_empty() else 1


if __name__ == "__main__":
    raise SystemExit(main())
