"""From one version's rows to the other's, one cause after another."""

from collections.abc import Iterator
from dataclasses import dataclass

import polars as pl

from transforms import tables
from transforms.comparing.causes import Switches
from transforms.comparing.submissions import PERSON, ROW
from transforms.comparing.version import CAUSES, Cause, Version, differences
from transforms.programme import Programme


@dataclass(frozen=True)
class Step:
    """The rows and declarations once a cause has had its effect; a number's move from the step before is due to it."""

    cause: Cause
    programme: Programme
    responses: pl.DataFrame
    enrolments: pl.DataFrame


def steps(before: Version, after: Version, switched: Switches) -> Iterator[Step]:
    """First the earlier rows as they are, by today's code; then one step for each cause that there is, in their order.

    A cause that changes neither rows nor declarations has no step.
    """
    yield Step("code", before.programme, before.responses, before.enrolments)
    declared = bool(differences(before.programme, after.programme))
    present = set(switched.rows["cause"])
    for cause in CAUSES[:-1]:
        if cause in present or (cause == "definition" and declared):
            yield _step(cause, after, switched)


def _step(cause: Cause, after: Version, switched: Switches) -> Step:
    """The rows of all causes until this one are today's, all others still the earlier ones."""
    done = switched.rows.filter(pl.col("cause").is_in(CAUSES[: CAUSES.index(cause) + 1]))
    rounds, people = (done.filter(table=name) for name in ("responses", "enrolments"))
    responses = _switched(switched.responses, after.responses, rounds.select(ROW), ROW)
    enrolments = _switched(switched.enrolments, after.enrolments, people.select(PERSON), [PERSON])
    return Step(
        cause,
        after.programme,
        tables.responses(after.programme).cast(responses),
        tables.enrolments(after.programme).cast(enrolments),
    )


def _switched(then: pl.DataFrame, now: pl.DataFrame, done: pl.DataFrame, key: list[str]) -> pl.DataFrame:
    kept = then.join(done, on=key, how="anti", maintain_order="left")
    return pl.concat([kept, now.join(done, on=key, how="semi", maintain_order="left").select(kept.columns)])
