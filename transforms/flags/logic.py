"""Answers that contradict each other."""

from collections.abc import Iterator

import polars as pl

from transforms.flags.asked import Asked, marks


def logic(asked: Asked) -> Iterator[pl.DataFrame]:
    """One flag a submission for which a declared rule does not hold; unknown answers break no rule."""
    known = {name for name, each in asked.form.questions.items() if not each.identity}
    for rule in asked.checks.rules:
        holds = pl.sql_expr(rule.holds)
        if known.issuperset(holds.meta.root_names()):
            yield marks(asked.rows.filter(~holds), rule.id, "rule", pl.lit(""), asked.enumerator)
