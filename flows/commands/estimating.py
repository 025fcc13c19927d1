"""Estimates of any table, by a specification; and how many people one needs for them."""

import sys
from math import ceil
from pathlib import Path
from typing import Annotated

from cyclopts import Parameter
from cyclopts.validators import Number

from flows.commands.app import app

Share = Annotated[float, Parameter(validator=Number(gt=0, lt=1))]
Correlation = Annotated[float, Parameter(validator=Number(gte=0, lte=1))]
Positive = Annotated[float, Parameter(validator=Number(gte=0.001))]
AtLeastOne = Annotated[float, Parameter(validator=Number(gte=1))]


@app.command
def estimate(*, data: Path, spec: Path, output: Path | None = None) -> None:
    """Estimate what a specification declares of any table, as JSON.

    Randomised trials, panels, difference-in-differences, staggered adoption, sample surveys: docs/estimate.md.

    Example: `impact estimate --data trial.csv --spec trial.toml`

    Parameters
    ----------
    data
        The table: CSV, TSV or Parquet, one row an observation.
    spec
        The specification, in TOML.
    output
        A file to write instead of the screen.
    """
    from flows.studies import estimated

    found = estimated(data, spec)
    if output is None:
        sys.stdout.write(found)
    else:
        output.write_text(found, encoding="utf-8")
        print(output)


@app.command
def sample_size(
    *,
    effect: Positive,
    power: Share = 0.8,
    cluster_size: AtLeastOne = 1,
    correlation: Correlation = 0,
    response: Annotated[float, Parameter(validator=Number(gt=0, lte=1))] = 1,
) -> None:
    """How many people each of two arms needs, for an effect to be found at 5 %, two-sided.

    Example: `impact sample-size --effect 0.5 --cluster-size 20 --correlation 0.05 --response 0.8`

    Parameters
    ----------
    effect
        The effect to be found, in standard deviations of the outcome.
    power
        The probability to find it.
    cluster_size
        How many people come together, such as in a course session.
    correlation
        How alike their outcomes are: the intracluster correlation.
    response
        The share of people who answer.
    """
    from transforms.estimators.power import people_needed, with_clusters

    people = people_needed(effect, power)
    needed = with_clusters(people, cluster_size, correlation) / response
    print(f"each for itself: {people:.5f} an arm")
    in_clusters = f", in {ceil(needed / cluster_size)} clusters" if cluster_size > 1 else ""
    print(f"to be enrolled: {ceil(needed)} an arm{in_clusters}")
