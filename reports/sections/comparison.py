"""Treated against comparison: each effect with what makes it sure or unsure, and the models' coefficients."""

from reports import charts
from reports.context import Context
from reports.document import Block, Cell, Column, Heading, Notice, Paragraph, Section, Table
from reports.estimate import Estimate
from reports.sections.matching import balance, is_balance
from reports.sections.pre_trends import pre_trends
from reports.shapes import BY_ROUND, MODELS, Shape

CLASSICAL = "|classical"
CLASSICAL_PLACE = 3
"""The column of classical errors, which few models have."""
EFFECT_PLACE = 4
"""The column of effects in per cent, which only models of logarithms have."""


def comparison(context: Context) -> Section | None:
    """The chapter on effects, for designs with a comparison arm."""
    if not context.is_compared:
        return None
    words = context.words
    kind = context.programme.design.kind
    blocks: list[Block] = [Paragraph(words(f"design.{kind}"))]
    told = [name for name, each in context.programme.indicators.items() if each.statistic not in MODELS]
    found = {name: context.latest(context.of(name, quantity="effect")) for name in told}
    effects = [each for each in found.values() if each is not None]
    if effects and not any(each.is_tested for each in effects):
        blocks.append(Notice(words("notice.few_clusters")))  # the chapters have shown the figures
    elif effects:
        by_round = [each for name in told for each in context.of(name, quantity="effect") if each.is_main]
        blocks += [*charts.effects_by_round(by_round, context), _effects(effects, context)]
    tables = [table for name in context.models for table in (*_model(name, context), *balance(name, context))]
    if tables:
        classical = any(each.term.endswith(CLASSICAL) for each in context.estimates)
        errors = words("methods.panel" if classical else "methods.clustered")
        blocks += [Heading(words("heading.models")), Paragraph(errors), *tables]
    if len(blocks) > 1:
        blocks += pre_trends(context)
    return Section("comparison", words("section.comparison"), tuple(blocks)) if len(blocks) > 1 else None


def _effects(effects: list[Estimate], context: Context) -> Table:
    words = context.words
    columns = (
        Column(words("column.indicator")),
        Column(words("column.effect"), is_number=True),
        Column(words("column.clusters"), is_number=True),
        Column(words("column.p"), is_number=True),
        Column(words("column.q"), is_number=True),
        Column(words("column.detectable"), is_number=True),
        Column(words("column.grade")),
    )
    caption = words("caption.effects", round=context.round_short(context.round.id))
    return Table(caption, columns, tuple(_effect(each, context) for each in effects), note=words("methods.detectable"))


def _effect(estimate: Estimate, context: Context) -> tuple[Cell, ...]:
    dash, numbers = context.words("number.dash"), context.numbers
    shown = estimate.visibility == "shown"
    cap = context.words.of_code("cap", estimate.cap) if estimate.cap else ""
    size = estimate.family_size if shown else None
    tests = context.words("number.tests", tests=numbers.count(size)) if size is not None else ""
    return (
        Cell(context.title(estimate.indicator), context.unit_beside([estimate])),
        Cell(context.show(estimate), context.interval(estimate) if estimate.is_drawn else ""),
        Cell(_clusters(estimate, context), _df(estimate, context)),
        Cell(numbers.bare_p_value(estimate.p_value) if shown and estimate.p_value is not None else dash),
        Cell(numbers.bare_p_value(estimate.q_value) if shown and estimate.q_value is not None else dash, tests),
        Cell(context.detectable(estimate) or dash),
        Cell(context.grade(estimate) or dash, cap, letter=estimate.letter or ""),
    )


def _clusters(estimate: Estimate, context: Context) -> str:
    if estimate.visibility == "suppressed" or estimate.clusters is None:
        return context.words("number.dash")
    if estimate.clusters_comparison is None:
        return context.numbers.count(estimate.clusters)
    both = context.numbers.count(estimate.clusters), context.numbers.count(estimate.clusters_comparison)
    return context.words("number.both", first=both[0], second=both[1])


def _df(estimate: Estimate, context: Context) -> str:
    if estimate.visibility == "suppressed" or estimate.df is None:
        return ""
    return context.words("number.df", df=context.numbers.decimal(estimate.df))


def _model(name: str, context: Context) -> list[Table]:
    """One model: every term once, its clustered and its classical error side by side."""
    by_round = context.programme.indicators[name].statistic in BY_ROUND
    told = [each for each in context.of(name, quantity="effect") if not is_balance(each)]
    rows = {each.round if by_round else each.term: each for each in told}
    terms = list(dict.fromkeys(term.removesuffix(CLASSICAL) for term in rows))
    if not terms:
        return []
    words = context.words
    columns = (
        Column(words("column.term")),
        Column(words("column.coefficient"), is_number=True),
        Column(words("column.clustered_error"), is_number=True),
        Column(words("column.classical_error"), is_number=True),
        Column(words("column.effect"), is_number=True),
        Column(words("column.p"), is_number=True),
        Column(words("column.grade")),
    )
    ordered = (
        [each.id for each in context.programme.rounds if each.id in terms] if by_round else sorted(terms, key=_place)
    )
    body = [_coefficient(term, rows, context) for term in ordered]
    has_classical = any(term.endswith(CLASSICAL) for term in rows)
    in_per_cent = any(context.shape(each) == "log" for each in rows.values())
    left_out = {CLASSICAL_PLACE: not has_classical, EFFECT_PLACE: not in_per_cent}
    told_of = [place for place in range(len(columns)) if not left_out.get(place)]
    first = rows[next(iter(rows))]
    caption = words(f"caption.model{'' if has_classical else '_clustered'}", title=context.title(name))
    kept = tuple(tuple(row[place] for place in told_of) for row in body)
    return [Table(caption, tuple(columns[place] for place in told_of), kept, note=_observations(first, context))]


def _place(term: str) -> tuple[bool, bool, bool, str]:
    return (term != "treated", term.startswith("round."), term == "constant", term)


def _coefficient(term: str, rows: dict[str, Estimate], context: Context) -> tuple[Cell, ...]:
    clustered, classical = rows.get(term), rows.get(f"{term}{CLASSICAL}")
    told = clustered or classical
    dash = context.words("number.dash")
    if told is None or told.visibility == "suppressed":
        hidden = dash if told is None else context.show(told)
        return (Cell(_term(term, told, context)), Cell(hidden), *(Cell(dash) for _ in range(5)))
    shape: Shape = context.shape(told)
    effect = context.show(told) if shape == "log" else dash
    deciding = clustered is not None and clustered.p_value is not None
    return (
        Cell(_term(term, told, context)),
        Cell(_three(told.value, context)),
        Cell(_three(clustered.standard_error if clustered else None, context)),
        Cell(_three(classical.standard_error if classical else None, context)),
        Cell(effect, context.interval(told) if shape == "log" and told.is_drawn else ""),
        Cell(context.numbers.bare_p_value(told.p_value or 0.0) if deciding else dash),
        Cell(context.grade(told) or dash, letter=told.letter or ""),
    )


def _term(term: str, told: Estimate | None, context: Context) -> str:
    """The words for a term, or for the round whose effect it is."""
    if term == "treated" and told is not None and context.programme.indicators[told.indicator].statistic == "staggered":
        return context.words("term.average")
    rounds = [each.id for each in context.programme.rounds]
    return context.round_short(term) if term in rounds else context.term(term)


def _three(value: float | None, context: Context) -> str:
    return context.words("number.dash") if value is None else context.numbers.coefficient(value)


def _observations(estimate: Estimate, context: Context) -> str:
    if estimate.visibility == "suppressed":
        return ""
    n = context.answers(estimate)
    if estimate.observations is None:
        return n
    return context.words("number.observations", observations=context.numbers.count(estimate.observations), n=n)
