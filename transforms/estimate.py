"""Turns measurements into estimates: value, interval, n, clusters, df, p and q, for every area and subgroup."""

from collections.abc import Iterator
from dataclasses import dataclass

import polars as pl
import polars.selectors as cs

from transforms import tables
from transforms.estimators import between_arms, medians, sums, transition, within_arm
from transforms.estimators.change import relative
from transforms.estimators.cohort import PROGRAMME, Cohort, Grouping, Parts, cohort, groupings, parts
from transforms.estimators.counting import counts
from transforms.estimators.finishing import Finishing
from transforms.estimators.layout import Layout, layout
from transforms.estimators.models import first_differences, panel_effects
from transforms.estimators.spread import spreads
from transforms.programme import Indicator, Programme, Quantity

MODELS = {"panel_effect": panel_effects, "first_difference": first_differences}
ARM_CELL = ["period", "group", "arm"]
SIGNIFICANT_DIGITS = 12
EFFECT_CELL = ["period", "group"]


@dataclass(frozen=True)
class Estimated:
    """What estimating makes: the tables `estimates` and `transitions`."""

    estimates: pl.DataFrame
    transitions: pl.DataFrame


@dataclass(frozen=True)
class Work:
    """What every breakdown's estimates are made from."""

    programme: Programme
    cohort: Cohort
    groups: list[Grouping]
    parts: Parts
    indicators: dict[str, Indicator]
    post_only: set[str]
    limits: sums.Limits

    def told(self, quantity: Quantity, round_id: str) -> dict[str, Indicator]:
        """The indicators of which a quantity is estimated at a round."""
        measured = self.cohort.rounds[round_id]
        at_baseline = round_id == self.programme.baseline.id
        return {
            name: each
            for name, each in self.indicators.items()
            if quantity in quantities(each, self.programme)
            and measured[f"{name}__asked"].any()
            and not (name in self.post_only and (quantity == "change" or at_baseline))
            and not (each.statistic == "survival" and at_baseline)  # whoever is asked still operates there
        }


def quantities(indicator: Indicator, programme: Programme) -> tuple[Quantity, ...]:
    """The declared quantities of an indicator, else all that its statistic has; no effect without a treatment."""
    usual: tuple[Quantity, ...] = ("level", "change", "effect")
    if indicator.statistic == "survival":
        usual = ("level", "effect")
    wanted = indicator.quantities or usual
    return tuple(each for each in wanted if each != "effect" or programme.design.treatment is not None)


def estimate(
    responses: pl.DataFrame, measurements: pl.DataFrame, enrolments: pl.DataFrame, programme: Programme
) -> Estimated:
    """The tables Estimates and Transitions of one programme, for the whole of it and every breakdown."""
    everybody = cohort(responses, measurements, programme)
    work = _work(everybody, programme)
    finish = Finishing(programme, spreads(everybody, programme))
    whole = [
        tables.Estimates.create_empty(),
        *_counts(responses, enrolments, programme),
        *_models(everybody, programme),
    ]
    finished = []
    for round_number in range(len(programme.rounds)):
        for grouping, found in _of_round(work, round_number):
            if grouping.by == PROGRAMME:
                whole += found  # families of the whole programme's effects include the models'
            elif found:
                finished.append(finish.finished(found))
    estimates = pl.concat([finish.finished(whole), *finished], rechunk=False)
    # Sums over threads differ in their last bits from run to run; the same input gives the same estimates.
    rounded = estimates.with_columns(cs.float().round_sig_figs(SIGNIFICANT_DIGITS))
    return Estimated(tables.Estimates.validate(rounded, cast=True), _transitions(everybody, work.groups, programme))


def _work(everybody: Cohort, programme: Programme) -> Work:
    others = ("count", "transition", *MODELS)
    indicators = {name: each for name, each in programme.indicators.items() if each.statistic not in others}
    baseline = programme.baseline.id
    before = everybody.rounds[baseline]
    post_only = {name for name in indicators if before[name].null_count() == before.height}
    limits = sums.winsor_limits(everybody, baseline, indicators)
    groups = groupings(everybody, programme)
    return Work(programme, everybody, groups, parts(groups), indicators, post_only, limits)


def _counts(responses: pl.DataFrame, enrolments: pl.DataFrame, programme: Programme) -> Iterator[pl.DataFrame]:
    for name, indicator in programme.indicators.items():
        if indicator.statistic != "count":
            continue
        if indicator.rows == "enrolments":
            counted = counts(enrolments, name, indicator, programme, programme.baseline.id)
        else:
            wanted = pl.col("answered")
            if indicator.rounds:
                wanted = wanted & pl.col("round").is_in(indicator.rounds)
            counted = counts(responses.filter(wanted), name, indicator, programme)
        yield counted.with_columns(quantity=pl.lit("count"))


def _models(everybody: Cohort, programme: Programme) -> Iterator[pl.DataFrame]:
    for name, indicator in programme.indicators.items():
        if indicator.statistic not in MODELS or programme.design.treatment is None:
            continue
        for rows in MODELS[indicator.statistic](everybody, name, indicator, programme):
            yield rows.with_columns(
                indicator=pl.lit(name),
                quantity=pl.lit("effect"),
                arm=pl.lit("both"),
                by=pl.lit(PROGRAMME),
                group=pl.lit(tables.EVERYONE),
            )


def _of_round(work: Work, round_number: int) -> Iterator[tuple[Grouping, list[pl.DataFrame]]]:
    """Every breakdown with its levels, changes and effects at one round."""
    asked = _asked(work, round_number)
    people = sums.with_baseline(work.cohort, asked.round_id, work.programme.baseline.id)
    samples = _samples(people, asked)
    # One pass over the people serves all breakdowns: each then adds up what its rows hold.
    of_parts = sums.summed(people, work.parts.codes, asked.sums(work))
    for grouping in work.groups:
        rows = sums.summed(of_parts, work.parts.rows[grouping.by], [pl.all().sum()])
        yield grouping, [*_arms(asked, samples, rows, grouping), *_effects(work, asked, rows, grouping)]


@dataclass(frozen=True)
class Asked:
    """What is estimated at one round: the indicators of each quantity."""

    round_id: str
    round_number: int
    levels: dict[str, Indicator]
    changes: dict[str, Indicator]
    effects: dict[str, Indicator]

    def sums(self, work: Work) -> list[pl.Expr]:
        """The aggregations that these need; an effect without a baseline needs the level's."""
        levels = self.levels | {name: each for name, each in self.effects.items() if name in work.post_only}
        changes = self.changes | {name: each for name, each in self.effects.items() if name not in work.post_only}
        return sums.level_sums(levels) + sums.change_sums(changes, work.limits)


def _asked(work: Work, round_number: int) -> Asked:
    round_id = work.programme.rounds[round_number].id
    later = round_number > 0
    return Asked(
        round_id=round_id,
        round_number=round_number,
        levels=work.told("level", round_id),
        changes=work.told("change", round_id) if later else {},
        effects=work.told("effect", round_id) if later else {},
    )


Samples = dict[str, dict[str, medians.Sample]]


def _samples(people: pl.DataFrame, asked: Asked) -> Samples:
    """By quantity and money indicator, the values of which medians are taken."""
    levels = {name: pl.col(name) for name, each in asked.levels.items() if each.statistic == "money"}
    changes = {name: _change(name, each) for name, each in asked.changes.items() if each.statistic == "money"}
    return {
        quantity: {name: medians.sample(people.select(value=value)["value"]) for name, value in values.items()}
        for quantity, values in (("level", levels), ("change", changes))
    }


def _arms(asked: Asked, samples: Samples, rows: pl.DataFrame, grouping: Grouping) -> Iterator[pl.DataFrame]:
    """Levels and changes of each arm, in every group of a breakdown."""
    cells = layout(grouping, ARM_CELL)
    gathered = cells.gathered(rows)
    made = {
        "level": within_arm.levels(gathered, cells, _but_money(asked.levels)),
        "change": within_arm.changes(gathered, cells, _but_money(asked.changes)),
    }
    for quantity, frames in made.items():
        for name, sample in samples[quantity].items():
            what = "median"
            if quantity == "change":
                what = "median_relative_change" if sums.grows(asked.changes[name]) else "median_change"
            people = pl.col(f"{name}:{quantity}.asked").sum().cast(pl.Int64)
            population = gathered.group_by("cell").agg(population=people)
            frames.append(medians.medians(name, sample, grouping.row_of_person, population, cells, what))
        yield from _placed(frames, cells, gathered, grouping, quantity, asked.round_id)


def _but_money(indicators: dict[str, Indicator]) -> dict[str, Indicator]:
    return {name: each for name, each in indicators.items() if each.statistic != "money"}


def _change(name: str, indicator: Indicator) -> pl.Expr:
    before, after = pl.col(f"{name}{sums.BEFORE}"), pl.col(name)
    return relative(before, after) if sums.grows(indicator) else after - before


def _effects(work: Work, asked: Asked, rows: pl.DataFrame, grouping: Grouping) -> Iterator[pl.DataFrame]:
    """Treated against comparison, in every group of a breakdown that has both."""
    if not asked.effects:
        return
    cells = layout(grouping, EFFECT_CELL)
    sides = grouping.keys.select(side=between_arms.side(pl.col("entered"), asked.round_number))["side"]
    apart = between_arms.with_sides(rows, sides, cells)
    if apart.is_empty():
        return
    made = between_arms.effects(apart, cells, asked.effects, work.post_only)
    both = apart.select(
        "cell", *(pl.sum_horizontal(f"treated|{name}", f"comparison|{name}").alias(name) for name in ("due", "told"))
    )
    for frame in _placed(made, cells, both, grouping, "effect", asked.round_id):
        yield frame.with_columns(arm=pl.lit("both"))


def _placed(
    frames: list[pl.DataFrame],
    cells: Layout,
    asked: pl.DataFrame,
    grouping: Grouping,
    quantity: str,
    round_id: str,
) -> Iterator[pl.DataFrame]:
    """The estimates with the names of their cells and their response; cells in which nobody was asked are left out.

    Where units stand alone they are their own clusters; in a session the one cluster is counted, the method says it.
    """
    by_unit = not (grouping.clustered or grouping.alone)
    own = {"clusters": "n", "clusters_comparison": "n_comparison"} if by_unit else {}
    response = (pl.col("told").sum() / pl.col("due").sum()).fill_nan(None)
    named = cells.cells.join(asked.group_by("cell").agg(response=response), on="cell", how="left")
    for frame in frames:
        kept = frame.filter(pl.col("population") > 0).join(named, on="cell", how="left", maintain_order="left")
        yield kept.with_columns(
            *(pl.col(units).alias(name) for name, units in own.items() if units in kept.columns),
            method=pl.col("method") + pl.lit("_within_session" if grouping.alone else ""),
            smallest_detectable=None if quantity == "level" else pl.col("smallest_detectable"),
            by=pl.lit(grouping.by),
            quantity=pl.lit(quantity),
            round=pl.lit(round_id),
        ).drop("cell")


def _transitions(everybody: Cohort, groups: list[Grouping], programme: Programme) -> pl.DataFrame:
    """The table Transitions: from every class at the baseline to every class at each later round."""
    empty: pl.DataFrame = tables.Transitions.create_empty()
    made = [empty]
    baseline = everybody.rounds[programme.baseline.id]
    for name, indicator in programme.indicators.items():
        if indicator.statistic != "transition":
            continue
        for each in programme.rounds[1:]:
            if indicator.rounds and each.id not in indicator.rounds:
                continue
            units = transition.units(name, baseline, everybody.rounds[each.id])
            moved = [transition.of_grouping(units, everybody, grouping) for grouping in groups]
            names = {"indicator": pl.lit(name), "round": pl.lit(each.id)}
            made += [frame.with_columns(**names).select(empty.columns).cast(empty.schema) for frame in moved]
    return tables.Transitions.validate(pl.concat(made).sort(tables.Transitions.primary_key()), cast=True)
