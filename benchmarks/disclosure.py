"""Measures what protecting and auditing a national release takes, and how much of it is shown: `make bench-disclosure`.

The release is made up and goes the real way: people with answers, some missing, in 80 areas of 10 provinces and in 10
other groups of very different sizes, some of a few people; 25 indicators, estimated at three follow-ups; each figure
judged by itself, all protected together, audited.
"""

import argparse
import sys
import time
from collections.abc import Callable
from typing import TypeVar

import numpy as np
import polars as pl

from benchmarks.documents import DOCS, machine, replace_section, table
from benchmarks.estimates import release
from transforms import tables
from transforms.disclosure.audit import audited, shown_of
from transforms.disclosure.contributions import GROUP, places
from transforms.disclosure.following import nested
from transforms.disclosure.margins import inside
from transforms.disclosure.primary import disclose, disclose_counts
from transforms.disclosure.protecting import protected
from transforms.estimate import estimate
from transforms.funnel import funnel
from transforms.programme import Programme

_Made = TypeVar("_Made")
PEOPLE, PROVINCES, FLOOR = 20_000, 10, 10
_NO_ANSWER = 0.03
"""The share of those who answer a round who leave one question out."""


def main() -> None:
    """Prints the table and keeps it in docs/disclosure.md."""
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("--people", type=int, default=PEOPLE)
    found = measured(asked.parse_args().people)
    text = f"{table(('national release', 'result'), found)}\n\n{machine()}"
    print(text)
    replace_section(DOCS / "disclosure.md", "audit", text)


def measured(people: int) -> list[tuple[str, str]]:
    """What was measured, in words."""
    programme = _programme()
    responses, measurements = _made_up(people)
    placed = places(responses, programme)
    lies_in = inside(placed, nested(placed), GROUP)
    results = _results(responses, measurements, programme)
    each = {
        "estimates": disclose(tables.GradedEstimates.validate(results["estimates"], cast=True), FLOOR),
        "funnel": disclose_counts(results["funnel"], ("people",), FLOOR),
        "transitions": results["transitions"],
        "certain_estimates": tables.PublishedEstimates.create_empty(),
    }
    seconds, told = _timed(lambda: protected(each, results, {}, lies_in, FLOOR))
    audit_seconds, audit = _timed(lambda: audited(told, results, lies_in, FLOOR))
    naive = audited(each, results, lies_in, FLOOR)
    shown = shown_of(each["estimates"], told["estimates"], told["estimates"])
    return [
        ("people", f"{people:,}"),
        ("estimates", f"{results['estimates'].height:,}"),
        ("on enough people, each by itself", f"{shown.by_itself:,}"),
        ("shown", f"{shown.at_first:,} ({shown.at_first / shown.by_itself:.0%})"),
        ("hidden counts under the floor", f"{audit.height:,}"),
        ("known too well by primary suppression alone", f"{naive.filter(~pl.col('safe')).height:,}"),
        ("known too well as published", f"{audit.filter(~pl.col('safe')).height:,}"),
        ("seconds to protect", f"{seconds:.1f}"),
        ("seconds to audit", f"{audit_seconds:.1f}"),
    ]


def _programme() -> Programme:
    """The programme of `make bench-estimates`, with provinces around the areas."""
    declared = release.programme()
    area = declared.breakdowns[0]
    province = area.model_copy(update={"by": "province"})
    return declared.model_copy(update={"breakdowns": [province, *declared.breakdowns]})


def _made_up(people: int) -> tuple[pl.DataFrame, pl.DataFrame]:
    """The tables Responses and Measurements: few people in most areas, many in some; one sector has few."""
    random = np.random.default_rng(2569)
    sessions = 2 * release.AREAS
    size = random.pareto(0.8, sessions) + 0.02
    session = np.sort(random.choice(sessions, people, p=size / size.sum()))
    person = pl.DataFrame(
        {
            "participant": pl.int_range(people, eager=True).cast(pl.String).str.zfill(26),
            "period": pl.repeat("y1", people, eager=True),
            "cluster": pl.Series(session).cast(pl.String),
            "arm": pl.Series(np.where(session % 2 == 0, "treated", "comparison")),
            "area": pl.Series(session // 2).cast(pl.String),
            "province": pl.Series(session // 2 % PROVINCES).cast(pl.String),
            "sex": pl.Series(random.choice(2, people, p=[0.7, 0.3])).cast(pl.String),
            "age_band": pl.Series(random.choice(4, people, p=[0.1, 0.4, 0.4, 0.1])).cast(pl.String),
            "sector": pl.Series(random.choice(4, people, p=[0.6, 0.3, 0.0995, 0.0005])).cast(pl.String),
        }
    ).with_columns(pl.col("arm").cast(pl.Enum(["treated", "comparison"])))
    rounds = [_round(random, person, number) for number in range(len(release.ROUNDS))]
    about = [*release.ABOUT, "area", "province", *release.SUBGROUPS]
    measured = [name for name in rounds[0].columns if name not in about]
    whole = pl.concat(rounds)
    return whole.select(about), whole.select("participant", "round", *measured)


def _round(random: np.random.Generator, person: pl.DataFrame, number: int) -> pl.DataFrame:
    answered = pl.Series(random.random(person.height) < (release.RESPONSE if number else 1))
    exposed = (person["arm"] == "treated") & (number > 0)
    columns: dict[str, pl.Expr] = {}
    for name, statistic in release.indicators().items():
        values = (
            random.random(person.height) < 0.4 if statistic == "proportion" else random.lognormal(2, 1, person.height)
        )
        asked = answered & pl.Series(random.random(person.height) > _NO_ANSWER)
        columns[name] = pl.when(asked).then(pl.Series(values.astype(float)))
        columns[f"{name}__asked"] = pl.lit(answered)
        if statistic == "ratio":
            columns[f"{name}__per"] = pl.when(asked).then(pl.Series(random.uniform(5, 9, person.height)))
    told = {"due": pl.lit(True), "answered": pl.lit(answered), "closed": pl.lit(False)}
    return person.with_columns(
        round=pl.lit(release.ROUNDS[number]), **told, treated=pl.lit(exposed), exposed=pl.lit(exposed), **columns
    )


def _results(responses: pl.DataFrame, measurements: pl.DataFrame, programme: Programme) -> dict[str, pl.DataFrame]:
    """The tables of results, with every figure; estimates are not graded."""
    found = estimate(responses, measurements, responses.clear(), programme).estimates
    ungraded = tables.GradedEstimates.column_names()
    rounds = [responses.filter(pl.col("round") == each) for each in release.ROUNDS]
    people = rounds[0].with_columns(agreed=pl.lit(True))
    return {
        "estimates": found.with_columns(
            pl.lit(None).alias(name) for name in ungraded if name not in found.columns
        ).select(ungraded),
        "funnel": funnel(people, rounds, programme),
        "transitions": tables.Transitions.create_empty(),
    }


def _timed(run: Callable[[], _Made]) -> tuple[float, _Made]:
    start = time.perf_counter()
    made = run()
    return time.perf_counter() - start, made


if __name__ == "__main__":
    sys.exit(main())
