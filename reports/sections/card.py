"""A course session on a page or two, for its trainer."""

from reports.context import Context
from reports.document import Block, Notice, Section
from reports.sections.indicators import counted, levels
from reports.sections.participation import participation
from reports.shapes import MODELS


def card(context: Context) -> tuple[Section, ...]:
    """The chapters of a session card: who took part, and every level in one table. It compares nothing."""
    return (participation(context), _results(context))


def _results(context: Context) -> Section:
    words = context.words
    told = [name for name, each in context.programme.indicators.items() if each.statistic not in MODELS]
    others = [name for name in told if context.programme.indicators[name].headline is None]
    blocks: list[Block] = [Notice(words("notice.card")), *counted(others, context)]
    table = levels(told, words("caption.card"), context)
    blocks += [table] if table is not None else []
    return Section("results", words("section.results"), tuple(blocks))
