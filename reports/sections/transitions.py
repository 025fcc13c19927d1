"""How enterprises moved between size classes."""

import polars as pl

from reports import charts
from reports.context import Context
from reports.document import Block, Cell, Column, Heading, Note, Table
from reports.sections.beside import beside_moves


def transitions(kinds: tuple[str, ...], context: Context) -> list[Block]:
    """A matrix for each arm of every transition indicator in some chapters."""
    names = [name for name, each in context.indicators(*kinds) if each.statistic == "transition"]
    blocks: list[Block] = []
    for name in names:
        for arm in ("all", "treated", "comparison"):
            blocks += _matrix(name, arm, context)
    rule = context.programme.size_rule
    if blocks and rule is not None:
        words = context.words
        note = words("notice.survey_class", rule=words(f"size_rule.{rule.tie_break}"))
        return [Heading(words("heading.transitions")), *blocks, *beside_moves(names, context), Note(note)]
    return blocks


def _matrix(name: str, arm: str, context: Context) -> list[Block]:
    frame = context.facts.transitions.filter((pl.col("indicator") == name) & (pl.col("arm").cast(pl.String) == arm))
    rounds = [each for each in context.rounds if each.id in set(frame["round"])]
    if not rounds:
        return []
    after = rounds[-1]
    moves = {
        (row["origin"], row["destination"]): row["units"]
        for row in frame.filter(pl.col("round") == after.id).to_dicts()
    }
    classes = _classes(moves, context)
    origins = [each for each in classes if any(origin == each for origin, _ in moves)]
    caption = _caption(name, arm, after.id, context)
    titles = {each: class_title(each, context) for each in classes}
    figure = charts.transitions(moves, titles, origins, after.id, caption, context)
    # The drawing is a table already, and its alternative text holds every number.
    return [*figure] or [_table(moves, origins, classes, caption, context)]


def _caption(name: str, arm: str, round_id: str, context: Context) -> str:
    known = {
        "title": context.title(name),
        "round": context.round_title(round_id),
        "baseline": context.text(context.programme.baseline.title),
    }
    if context.is_compared:
        return context.words("caption.transitions_arm", arm=context.arm_inside(arm), **known)
    return context.words("caption.transitions", **known)


def _classes(moves: dict[tuple[str, str], int | None], context: Context) -> list[str]:
    """The classes that occur, from the smallest up; closed, unknown and others last."""
    rule = context.programme.size_rule
    declared = [each.value for each in rule.sizes] if rule is not None else []
    order = [*declared, "none", "closed", "unknown"]
    found = {each for move in moves for each in move}
    return [*(each for each in order if each in found), *sorted(found - set(order))]


def class_title(name: str, context: Context) -> str:
    """A class's words."""
    rule = context.programme.size_rule
    titles = {each.value: each.title for each in rule.sizes} if rule is not None else {}
    return context.text(titles[name]) if name in titles else context.words.of_code("transition", name)


def _table(
    moves: dict[tuple[str, str], int | None], origins: list[str], classes: list[str], caption: str, context: Context
) -> Table:
    columns = [Column(context.words("column.before"))]
    columns += [Column(class_title(each, context), is_number=True) for each in classes]
    rows = tuple(
        (Cell(class_title(origin, context)), *(_units(moves, origin, each, context) for each in classes))
        for origin in origins
    )
    return Table(caption, tuple(columns), rows)


def _units(moves: dict[tuple[str, str], int | None], origin: str, destination: str, context: Context) -> Cell:
    """A count; a pair that does not occur is a true zero, unlike one too small to print."""
    if (origin, destination) not in moves:
        return Cell(context.numbers.count(0))
    units = moves[origin, destination]
    return Cell(context.numbers.hidden() if units is None else context.numbers.count(units))
