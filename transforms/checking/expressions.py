"""Mistakes in SQL expressions and in the indicators that use them."""

import re
from collections.abc import Iterator
from pathlib import Path

import polars as pl

from transforms import tables
from transforms.checking.costs import cost_mistakes, distribution_mistakes
from transforms.checking.literals import literal_mistakes
from transforms.checking.weights import known_at_registration
from transforms.errors import nearest
from transforms.programme import Indicator, Programme, Quantity, Statistic

CONTRASTS: tuple[Quantity, ...] = ("level", "change", "effect")
QUANTITIES: dict[Statistic, tuple[Quantity, ...]] = {
    "count": ("count",),
    "proportion": CONTRASTS,
    "mean": CONTRASTS,
    "ratio": CONTRASTS,
    "money": CONTRASTS,
    "survival": CONTRASTS,
    "transition": CONTRASTS,
    "gini": ("level", "change"),
    "bottom_gain": ("level",),
    "change_gap": ("change",),
    "cost": ("level",),
    "panel_effect": ("effect",),
    "first_difference": ("effect",),
    "ancova": ("effect",),
    "matched": ("effect",),
    "event_study": ("effect",),
    "staggered": ("effect",),
}
"""What each statistic can be asked for."""


def expression_mistakes(folder: Path, programme: Programme) -> Iterator[str]:
    """What is wrong with derived columns, the treatment and the indicators."""
    derived = list(_derived_mistakes(folder / "forms.toml", programme))
    yield from derived
    if not derived:  # the columns are known only once every derived column computes
        yield from _treatment_mistakes(folder / "programme.toml", programme)
        yield from _rule_mistakes(folder / "programme.toml", programme)
        yield from _indicator_mistakes(folder / "indicators.toml", programme)


def _derived_mistakes(path: Path, programme: Programme) -> Iterator[str]:
    plain = programme.model_copy(update={"derived": {}})
    frame: pl.DataFrame = tables.responses(plain).create_empty()
    for name, derived in programme.derived.items():
        where = f"{path}: derived column '{name}'"
        mistake = _expression_mistake(where, "value", derived.value, frame, "responses", programme)
        if mistake:
            yield mistake
            frame = frame.with_columns(pl.lit(None).alias(name))
        else:
            frame = frame.with_columns(pl.sql_expr(derived.value).alias(name))


def _treatment_mistakes(path: Path, programme: Programme) -> Iterator[str]:
    design = programme.design
    where, frame = f"{path}: design", tables.responses(programme).create_empty()
    for field in ("treatment", "assignment", "exposure"):
        text = getattr(design, field)
        if text is None:
            continue
        mistake = _expression_mistake(where, field, text, frame, "responses", programme)
        yield from [mistake] if mistake else _boolean_mistakes(where, field, text, frame)
        if design.treatment is None:
            yield f"{where}: {field} says more of a treatment, and there is none. Add treatment, or take {field} out."


def _rule_mistakes(path: Path, programme: Programme) -> Iterator[str]:
    """A rule is about the answers of one submission, so one form must ask all that it uses."""
    asked = [{name for name, each in form.questions.items() if not each.identity} for form in programme.forms.values()]
    frame = pl.DataFrame(
        schema={name: tables.answer_column(each, "").dtype for name, each in programme.questions.items()}
    )
    for rule in programme.checks.rules:
        where = f"{path}: checks: rule '{rule.id}'"
        mistake = _expression_mistake(where, "holds", rule.holds, frame, "a form", programme)
        used = set() if mistake else set(pl.sql_expr(rule.holds).meta.root_names())
        if mistake:
            yield mistake
        elif not any(used <= names for names in asked):
            yield f"{where}: no form asks all of {', '.join(sorted(used))}. Use questions of one form."
        else:
            yield from _boolean_mistakes(where, "holds", rule.holds, frame)


def _indicator_mistakes(path: Path, programme: Programme) -> Iterator[str]:
    if not programme.indicators:
        yield f"{path}: there is no indicator. Declare at least one, as [indicators.its_name]."
    frames = {
        "responses": tables.responses(programme).create_empty(),
        "enrolments": tables.enrolments(programme).create_empty(),
    }
    for name, indicator in programme.indicators.items():
        where = f"{path}: indicator '{name}'"
        if name in tables.Measurements.column_names() or "__" in name:
            yield f"{where}: the engine makes columns of such a name itself. Choose another name, without a double _."
        for field in ("value", "per", "population"):
            expression = getattr(indicator, field)
            if expression is None or (indicator.statistic == "cost" and field == "value"):
                continue
            frame = frames[indicator.rows]
            mistake = _expression_mistake(where, field, expression, frame, indicator.rows, programme)
            yield from [mistake] if mistake else _type_mistakes(where, field, expression, frame, indicator)
        yield from _quantity_mistakes(where, indicator, programme)
        yield from _shape_mistakes(where, indicator, programme)
        yield from distribution_mistakes(where, indicator, programme)
        yield from cost_mistakes(where, indicator, programme)


def _quantity_mistakes(where: str, indicator: Indicator, programme: Programme) -> Iterator[str]:
    allowed = QUANTITIES[indicator.statistic]
    asked = [("quantities", each) for each in indicator.quantities]
    if indicator.headline is not None:
        asked.append(("headline", indicator.headline))
        if indicator.quantities and indicator.headline not in indicator.quantities:
            yield (
                f'{where}: headline = "{indicator.headline}" is not among its quantities. '
                f"{nearest(indicator.headline, indicator.quantities)}"
            )
    for field, quantity in asked:
        if quantity not in allowed:
            yield (
                f'{where}: {field}: "{quantity}" cannot be had from statistic = "{indicator.statistic}" '
                f"over {indicator.rows}. {nearest(quantity, allowed)}"
            )
        elif quantity == "effect" and programme.design.treatment is None:
            yield f'{where}: {field}: "effect" needs a treatment. Declare it in programme.toml under design.'


def _shape_mistakes(where: str, indicator: Indicator, programme: Programme) -> Iterator[str]:
    statistic = indicator.statistic
    if statistic == "ratio" and indicator.per is None:
        yield f'{where}: per is missing, and statistic = "ratio" needs it. Add per, the denominator.'
    if statistic != "ratio" and indicator.per is not None:
        yield f'{where}: per goes with statistic = "ratio", not with "{statistic}". Take per out.'
    if QUANTITIES[statistic] == ("effect",) and programme.design.treatment is None:
        yield f'{where}: statistic = "{statistic}" needs a treatment. Declare it in programme.toml under design.'
    if indicator.rows == "enrolments" and statistic != "count":
        yield (
            f'{where}: rows = "enrolments" goes with statistic = "count", not with "{statistic}". Take rows out: '
            f"responses hold the baseline too (rounds = ['{programme.baseline.id}'])."
        )
    if indicator.recall_months is not None and statistic in ("count", "cost", "transition"):
        yield f'{where}: recall_months goes with amounts, not with statistic = "{statistic}". Take it out.'
    if indicator.lags and statistic != "panel_effect":
        yield f'{where}: lags goes with statistic = "panel_effect", not with "{statistic}". Take lags out.'
    if indicator.covariates and statistic not in ("ancova", "matched"):
        yield (
            f'{where}: covariates go with statistic = "ancova" or "matched", not with "{statistic}". '
            "Take covariates out."
        )
    if statistic == "matched" and not indicator.covariates:
        yield (
            f'{where}: covariates is missing, and statistic = "matched" needs it. '
            "Name what was known at the registration and makes people alike."
        )
    known = known_at_registration(programme)
    for each in indicator.covariates:
        if each not in known:
            yield f"{where}: covariates: '{each}' is not known of everybody at the registration. {nearest(each, known)}"
    if indicator.change_as == "percent" and statistic != "money":
        yield f'{where}: change_as = "percent" goes with statistic = "money", not with "{statistic}". Take it out.'
    if statistic == "transition" and programme.size_rule is None:
        yield f'{where}: statistic = "transition" needs a size_rule. Declare it in programme.toml.'
    rounds = [each.id for each in programme.rounds]
    for each in indicator.rounds:
        if each not in rounds:
            yield f"{where}: rounds: '{each}' is no round. {nearest(each, rounds)}"


def _expression_mistake(
    where: str, field: str, text: str, frame: pl.DataFrame, table: str, programme: Programme
) -> str | None:
    said = f'{where}: {field} = "{text}"'
    try:
        expression = pl.sql_expr(text)
    except Exception as error:  # polars raises several kinds, all of them about the text
        return f"{said} is no SQL expression: {_reason(error)}. {_quoting(text, frame)}"
    used = list(dict.fromkeys(expression.meta.root_names()))
    for column in used:
        if column not in frame.columns:
            return f"{said} uses '{column}', {_why_not(column, frame, table, programme)}"
    try:
        frame.lazy().select(expression).collect_schema()
        two_rows = frame.select(used).clear(2).select(expression)  # the schema alone does not find every odd comparison
    except Exception as error:
        return f"{said} does not fit the types of its columns: {_reason(error)}. Compare like with like."
    if used and two_rows.height != 2:
        return f"{said} sums up many rows; it must give one value a row. Leave the summing to the statistic."
    return next(literal_mistakes(said, text, frame, programme), None)


def _why_not(column: str, frame: pl.DataFrame, table: str, programme: Programme) -> str:
    forms = programme.forms.values()
    if any(column in form.questions and form.questions[column].identity for form in forms):
        return "an identity question: its answers stay in the vault. Use another column."
    return f"which {table} does not have. {nearest(column, frame.columns)}"


def _quoting(text: str, frame: pl.DataFrame) -> str:
    """A remedy: many mistakes are a column named like a word of SQL."""
    words = set(re.findall(r"\w+", text.lower()))
    for column in frame.columns:
        if column in words and _is_sql_word(column):
            return f'Write \\"{column}\\": the column\'s name is a word of SQL.'
    return "See the examples in docs, or in a folder made by: impact new"


def _is_sql_word(column: str) -> bool:
    try:
        pl.sql_expr(f"{column} is null")
    except Exception:
        return True
    return False


def _reason(error: Exception) -> str:
    return str(error).splitlines()[0].rstrip(".")


def _type_mistakes(where: str, field: str, text: str, frame: pl.DataFrame, indicator: Indicator) -> Iterator[str]:
    if field == "population" or (field == "value" and indicator.statistic in ("proportion", "survival")):
        yield from _boolean_mistakes(where, field, text, frame)
    elif indicator.statistic not in ("count", "transition"):
        dtype = _dtype(text, frame)
        if not dtype.is_numeric():
            yield f'{where}: {field} = "{text}" is {_kind(dtype)}. It must be a number.'


def _boolean_mistakes(where: str, field: str, text: str, frame: pl.DataFrame) -> Iterator[str]:
    dtype = _dtype(text, frame)
    if dtype != pl.Boolean:
        yield f'{where}: {field} = "{text}" is {_kind(dtype)}. It must be true or false: compare it with something.'


def _dtype(text: str, frame: pl.DataFrame) -> pl.DataType:
    return frame.lazy().select(it=pl.sql_expr(text)).collect_schema()["it"]


def _kind(dtype: pl.DataType) -> str:
    if dtype.is_numeric():
        return "a number"
    if dtype == pl.Boolean:
        return "true or false"
    if dtype.is_temporal():
        return "a date"
    return "text"
