"""What each person contributes to which figures: the sets of people that disclosure control watches over.

An item is a figure without its place: an indicator's level or change at a round, a count, a stage of the funnel. The
people of one period, arm and group who contribute to an item make a cell. Who was asked contributes, answered or not:
how many did not answer is published too. An item may have parts, as a matrix has: each part of each group is a cell.
"""

from dataclasses import dataclass

import polars as pl

from transforms import tables
from transforms.disclosure.additive import LEFT, additive
from transforms.programme import Indicator, Programme

GROUP = "by."
"""Before the name of a breakdown: the column of a person's group in it."""
REACH = "registered"
"""The item of who registered, consented and completed."""
_BETWEEN = "|"
_UNKNOWN = "?"


@dataclass(frozen=True)
class Rows:
    """The tables Responses, Measurements and Enrolments of the same people."""

    responses: pl.DataFrame
    measurements: pl.DataFrame
    enrolments: pl.DataFrame

    def of(self, people: pl.Series) -> "Rows":
        """The rows of some of the people."""
        theirs = pl.col("participant").is_in(people.implode())
        return Rows(*(each.filter(theirs) for each in (self.responses, self.measurements, self.enrolments)))


def places(responses: pl.DataFrame, programme: Programme) -> pl.DataFrame:
    """One row per person: `participant, period, arm` and, named `by.NAME`, the group of each breakdown, as text."""
    baseline = responses.filter(pl.col("round") == programme.baseline.id)
    by = [each.by for each in programme.breakdowns]
    return baseline.select(
        "participant",
        "period",
        pl.col("arm").cast(pl.String),
        pl.lit(tables.EVERYONE).alias(f"{GROUP}programme"),
        *(pl.col(name).cast(pl.String).alias(f"{GROUP}{name}") for name in by),
    )


def contributions(rows: Rows, programme: Programme) -> pl.DataFrame:
    """One row per person and item that they contribute to: `participant, item, part, state`.

    The state is all of the person that the item's figures rest on, as text: equal states give equal figures. `part` is
    null but for items that have parts.
    """
    baseline, *later = [each.id for each in programme.rounds]
    before = _of_round(rows, baseline)
    made = [_long(before, _levels(baseline, programme) | _reach(before)), _counted(rows, programme)]
    for each in later:
        now = _of_round(rows, each)
        both = now.join(before, on="participant", how="left", suffix="@before", maintain_order="left")
        states = _levels(each, programme) | _changes(each, programme) | _left(each, programme) | _answering(each)
        made.append(_long(both, states))
        made += _moves(both, each, programme)
    return pl.concat(made)


def _of_round(rows: Rows, round_id: str) -> pl.DataFrame:
    """One round's rows with what was measured of them."""
    told = ["participant", "due", "answered", "closed", "exposed"]
    if "completed" in rows.responses.columns:
        told.append("completed")
    here = pl.col("round") == round_id
    measured = rows.measurements.filter(here).drop("round")
    return rows.responses.filter(here).select(told).join(measured, on="participant", how="left", maintain_order="left")


def _long(frame: pl.DataFrame, states: dict[str, pl.Expr]) -> pl.DataFrame:
    """The states that are not null, one row each."""
    wide = frame.select("participant", **states)
    long = wide.unpivot(index="participant", variable_name="item", value_name="state").drop_nulls("state")
    return long.select(_columns())


def _levels(round_id: str, programme: Programme) -> dict[str, pl.Expr]:
    return {
        item_of(name, "level", round_id): pl.when(f"{name}__asked").then(_state(name, each))
        for name, each in tables.measured(programme).items()
    }


def _changes(round_id: str, programme: Programme) -> dict[str, pl.Expr]:
    return {
        item_of(name, "change", round_id): pl.when(f"{name}__asked").then(
            pl.concat_str(
                _state(name, each), pl.col(f"{name}__asked@before"), _state(name, each, "@before"), separator=_BETWEEN
            )
        )
        for name, each in tables.measured(programme).items()
    }


def _left(round_id: str, programme: Programme) -> dict[str, pl.Expr]:
    """Of who answered at one of the two rounds only, that answer."""
    found: dict[str, pl.Expr] = {}
    for name, each in additive(programme).items():
        now, before = (
            pl.all_horizontal(pl.col(f"{column}{at}").is_not_null() for column in _columns_of(name, each))
            for at in ("", "@before")
        )
        alone = pl.when(before & ~now).then(_state(name, each, "@before")).when(now & ~before).then(_state(name, each))
        found[item_of(name, LEFT, round_id)] = alone
    return found


def _moves(both: pl.DataFrame, round_id: str, programme: Programme) -> list[pl.DataFrame]:
    """From which class to which each person moved: every such pair is a part."""
    made = []
    for name, each in tables.measured(programme).items():
        if each.statistic == "transition":
            moved = both.filter(f"{name}__asked@before", "due")
            pair = move(*(pl.col(each).fill_null(tables.UNKNOWN_CLASS) for each in (f"{name}@before", name)))
            item = pl.lit(item_of(name, "move", round_id))
            made.append(moved.select("participant", item=item, part=pair, state=pl.lit("")))
    return made


def _state(name: str, indicator: Indicator, suffix: str = "") -> pl.Expr:
    told = [pl.col(f"{each}{suffix}").cast(pl.String) for each in (*_columns_of(name, indicator), "exposed")]
    return pl.concat_str((each.fill_null(_UNKNOWN) for each in told), separator=_BETWEEN)


def _columns_of(name: str, indicator: Indicator) -> list[str]:
    return [name, f"{name}__per"] if indicator.per is not None else [name]


def _reach(baseline: pl.DataFrame) -> dict[str, pl.Expr]:
    completed = pl.col("completed") if "completed" in baseline.columns else pl.lit(True)
    return {REACH: completed.cast(pl.String).fill_null(_UNKNOWN)}


def _answering(round_id: str) -> dict[str, pl.Expr]:
    told = pl.col("answered") | pl.col("closed")
    return {answering(round_id): pl.when("due").then(told.cast(pl.String))}


def answering(round_id: str) -> str:
    """The item of who was due and who answered at a round."""
    return f"due.{round_id}"


def _counted(rows: Rows, programme: Programme) -> pl.DataFrame:
    """What counts count of each person; of enrolments at the baseline, of responses at their rounds together."""
    made = [pl.DataFrame(schema=dict.fromkeys(("participant", "item", "part", "state"), pl.String))]
    for name, indicator in programme.indicators.items():
        if indicator.statistic != "count":
            continue
        table = rows.enrolments if indicator.rows == "enrolments" else rows.responses.filter("answered")
        population = (
            pl.lit(True) if indicator.population is None else pl.sql_expr(indicator.population).fill_null(False)
        )
        state = pl.sql_expr(indicator.value).cast(pl.String).fill_null(_UNKNOWN)
        counted = table.filter(population).group_by("participant").agg(state=state.sort().str.join(_BETWEEN))
        made.append(counted.with_columns(item=pl.lit(item_of(name, "count", ""))).select(_columns()))
    return pl.concat(made)


def _columns() -> list[pl.Expr]:
    return [pl.col("participant", "item"), pl.lit(None, dtype=pl.String).alias("part"), pl.col("state")]


def item_of(indicator: str, quantity: str, round_id: str) -> str:
    """The item of an indicator's levels, changes or moves at a round, or of its counts (no round)."""
    return f"{indicator}.{quantity}.{round_id}"


def move(origin: pl.Expr, destination: pl.Expr) -> pl.Expr:
    """The part of a matrix that a pair of classes is."""
    return pl.concat_str(origin, destination, separator=">")
