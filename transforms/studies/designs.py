"""What each method regresses on what: arms with a baseline, difference-in-differences, event studies."""

from collections.abc import Sequence

import polars as pl

from transforms.errors import UserError, listed, nearest
from transforms.studies.result import Dropped
from transforms.studies.sample import BY, Sample, levels
from transforms.studies.spec import Columns, Estimate
from transforms.studies.table import as_text, chosen, expression, numbers


def designed(rows: pl.DataFrame, outcome: str, asked: Estimate, columns: Columns) -> Sample:
    """The sample of one outcome, before rows that lack something go. `rows`: those of the study."""
    rows, before, dropped = _with_baseline(rows, outcome, asked, columns)
    rows = chosen(rows, asked.where, f"estimate '{asked.name}', where")
    if asked.method == "difference_in_differences":
        return _difference_in_differences(rows, outcome, asked, columns, before)
    if asked.method == "event_study":
        return _event_study(rows, outcome, asked, columns, before)
    rows, arms = _with_arms(rows, asked, columns)
    covariates = (*before, *asked.covariates)
    absorb = asked.absorb or ()
    if not (arms or asked.terms) and absorb:
        raise UserError(
            f"estimate '{asked.name}': nothing is of interest. Declare arm in [columns], or terms in the estimate."
        )
    return Sample(rows, outcome, (*arms, *asked.terms), covariates, asked.categorical, absorb, dropped)


def _with_arms(rows: pl.DataFrame, asked: Estimate, columns: Columns) -> tuple[pl.DataFrame, tuple[str, ...]]:
    """The rows with a column of 0 and 1 for every arm but the control."""
    if columns.arm is None or not asked.arms:
        return rows, ()
    arms = levels(rows[columns.arm])
    control = asked.control if asked.control is not None else columns.control
    if control is None:
        control = "0" if "0" in arms and len(arms) == 2 else None
    if control is None:
        raise UserError(f"estimate '{asked.name}': say with which arm the others are compared. {_control(arms)}")
    if str(control) not in arms:
        raise UserError(f"estimate '{asked.name}': control = \"{control}\" is no arm. {_control(arms)}")
    text = as_text(rows[columns.arm])
    named = {f"{columns.arm}={each}": (text == each).cast(pl.Float64) for each in arms if each != str(control)}
    if not named:
        raise UserError(f"estimate '{asked.name}': every row is in the arm {control}. Compare it with another.")
    return rows.with_columns(**named), tuple(named)


def _control(arms: Sequence[str]) -> str:
    return f"control is one of the values of the column of arms: {listed(arms)}."


def _with_baseline(
    rows: pl.DataFrame, outcome: str, asked: Estimate, columns: Columns
) -> tuple[pl.DataFrame, tuple[str, ...], tuple[Dropped, ...]]:
    """The rows after the baseline rounds, with the unit's mean outcome in these; all rows where none is asked for."""
    if asked.baseline is not None:
        return rows, (asked.baseline,), ()
    if asked.baseline_round is None:
        return rows, (), ()
    if columns.unit is None or columns.round is None:
        raise UserError(f"estimate '{asked.name}': baseline_round needs unit and round in [columns].")
    wanted = asked.baseline_round if isinstance(asked.baseline_round, tuple) else (asked.baseline_round,)
    rounds = levels(rows[columns.round])
    for each in map(str, wanted):
        if each not in rounds:
            raise UserError(
                f"estimate '{asked.name}': baseline_round = {each} is no value of {columns.round}. "
                f"{nearest(each, rounds)}"
            )
    inside = as_text(rows[columns.round]).is_in([str(each) for each in wanted]).fill_null(False)
    name = f"{outcome} before"
    known = rows.with_columns(numbers(rows, outcome, f"estimate '{asked.name}'").alias(name))
    before = known.filter(inside).group_by(columns.unit).agg(pl.col(name).mean())
    later = rows.filter(~inside).join(before, on=columns.unit, how="left", maintain_order="left")
    return later, (name,), (Dropped("baseline", columns.round, int(inside.sum())),)


def _difference_in_differences(
    rows: pl.DataFrame, outcome: str, asked: Estimate, columns: Columns, before: tuple[str, ...]
) -> Sample:
    if asked.treated is None or asked.post is None:
        raise UserError(f"estimate '{asked.name}': difference_in_differences needs treated and post.")
    treated, post = (_condition(rows, asked, field) for field in ("treated", "post"))
    effect = f"treated{BY}post"
    rows = rows.with_columns(treated.alias("treated"), post.alias("post")).with_columns(
        (pl.col("treated") * pl.col("post")).alias(effect)
    )
    alone = ("treated", "post")
    return Sample(
        rows,
        outcome,
        (effect, *asked.terms),
        (*alone, *before, *asked.covariates),
        asked.categorical,
        _effects(asked, columns),
        unnamed=alone,
    )


def _condition(rows: pl.DataFrame, asked: Estimate, field: str) -> pl.Series:
    """A condition's rows as 0 and 1; of a column of numbers these numbers (a dose)."""
    text = str(getattr(asked, field))
    said = f"estimate '{asked.name}', {field}"
    made = rows.select(expression(text, rows, said).alias(field))
    return numbers(made, field, said)


def _effects(asked: Estimate, columns: Columns) -> tuple[str, ...]:
    """What is absorbed: as declared, else the effects of units and rounds."""
    if asked.absorb is not None:
        return asked.absorb
    return tuple(each for each in (columns.unit, columns.round) if each is not None)


def _event_study(
    rows: pl.DataFrame, outcome: str, asked: Estimate, columns: Columns, before: tuple[str, ...]
) -> Sample:
    if columns.round is None or (asked.entered is None) == (asked.treated is None or asked.reference_round is None):
        raise UserError(
            f"estimate '{asked.name}': event_study needs round in [columns], and either treated with reference_round, "
            "or entered."
        )
    terms, placebos = (_exposures if asked.entered else _by_round)(rows, asked, columns)
    alone = () if asked.entered else ("treated",)
    rows = rows.with_columns(**terms)
    if not asked.entered:
        rows = rows.with_columns(_condition(rows, asked, "treated").alias("treated"))
    return Sample(
        rows,
        outcome,
        (*terms, *asked.terms),
        (*alone, *before, *asked.covariates),
        asked.categorical,
        _effects(asked, columns),
        unnamed=alone,
        placebos=placebos,
    )


def _by_round(rows: pl.DataFrame, asked: Estimate, columns: Columns) -> tuple[dict[str, pl.Series], tuple[str, ...]]:
    """The treated in every round but the one of reference, and the names of those before it."""
    rounds = str(columns.round)
    treated, at = _condition(rows, asked, "treated"), as_text(rows[rounds])
    known = _rounds_in_order(rows, columns, asked)
    if str(asked.reference_round) not in known:
        raise UserError(
            f"estimate '{asked.name}': reference_round = {asked.reference_round} is no value of {rounds}. "
            f"{nearest(str(asked.reference_round), known)}"
        )
    # The order of texts is that of their letters: without the declared one, nothing is known to be before.
    is_ordered = bool(columns.rounds) or rows[rounds].dtype != pl.String
    before = known[: known.index(str(asked.reference_round))] if is_ordered else []
    made = {
        f"treated{BY}{each}": treated * (at == each).cast(pl.Float64)
        for each in known
        if each != str(asked.reference_round)
    }
    return made, tuple(f"treated{BY}{each}" for each in before)


def _rounds_in_order(rows: pl.DataFrame, columns: Columns, asked: Estimate) -> list[str]:
    """The rounds of the rows, in the declared order, else in that of their values."""
    found = list(levels(rows[str(columns.round)]))
    if not columns.rounds:
        return found
    declared = [str(each) for each in columns.rounds]
    for each in found:
        if each not in declared:
            raise UserError(
                f"estimate '{asked.name}': {columns.round} holds {each}, which rounds in [columns] does not name. "
                f"{nearest(each, declared)}"
            )
    return [each for each in declared if each in found]


def _exposures(rows: pl.DataFrame, asked: Estimate, columns: Columns) -> tuple[dict[str, pl.Series], tuple[str, ...]]:
    """Columns of the rounds since entry but the one of reference, and the names of those before it.

    Units that never enter are 0 in all of them.
    """
    said = f"estimate '{asked.name}'"
    entered = numbers(rows, asked.entered or "", said)
    since = numbers(rows, str(columns.round), said) - entered.set(entered <= 0, None)
    if asked.exposures is not None:
        since = since.clip(*asked.exposures)
    found = sorted(int(each) for each in since.drop_nulls().unique())
    if asked.reference_exposure not in found:
        raise UserError(
            f"{said}: no row is {asked.reference_exposure} rounds since entry. reference_exposure is one of "
            f"{', '.join(map(str, found))}."
        )
    made = {
        f"exposure {each}": (since == each).fill_null(False).cast(pl.Float64)
        for each in found
        if each != asked.reference_exposure
    }
    return made, tuple(f"exposure {each}" for each in found if each < asked.reference_exposure)
