"""Composes a report: which chapters it has for its scope, and what its cover says."""

import polars as pl

from reports.context import Context
from reports.document import Cover, Notice, Report, Section
from reports.facts import Facts
from reports.numbers import Digits, Numbers
from reports.scope import Scope
from reports.sections.areas import areas
from reports.sections.card import card
from reports.sections.changes import changes
from reports.sections.comparison import comparison
from reports.sections.costs import costs
from reports.sections.gate import draft_notices
from reports.sections.indicators import chapter
from reports.sections.methods import methods
from reports.sections.participation import participation
from reports.sections.quality import quality, stale
from reports.sections.summary import summary
from reports.since import Since
from reports.words import words_in
from transforms.gate import Judgement
from transforms.programme import Language, Programme


def compose(
    facts: Facts,
    programme: Programme,
    language: Language,
    scope: Scope,
    digits: Digits = "arabic",
    judged: Judgement | None = None,
    since: Since | None = None,
) -> Report:
    """The report on `scope` in one language. Without participants it is a page that says so.

    What the gate has `judged` no final report makes it a draft, with the reasons on its first page. `since`: the last
    report's figures; none where there was none.
    """
    words = words_in(language)
    context = Context(facts, programme, scope, words, Numbers(words, digits), judged or Judgement(), since)
    if _is_empty(facts):
        return _report("empty", (), context)
    if scope.kind(programme) == "session":
        return _report("card", card(context), context)
    chapters = (
        participation(context),
        chapter("adoption", ("reach", "adoption"), context),
        chapter("growth", ("growth",), context),
        chapter("sustainability", ("sustainability", "inclusion"), context),
        comparison(context),
        costs(context),
        areas(context),
        quality(context),
        changes(context),
        methods(context),
    )
    return _report("report", tuple(each for each in chapters if each is not None), context)


def _is_empty(facts: Facts) -> bool:
    """Nobody registered; too few to print is not nobody."""
    registered = facts.funnel.filter(pl.col("stage").cast(pl.String) == "registered")["people"]
    return not (registered.is_null() | (registered > 0)).any()


def _report(kind: str, sections: tuple[Section, ...], context: Context) -> Report:
    words, programme = context.words, context.programme
    title = context.text(programme.title)
    notices = draft_notices(context)
    told = {each.text for each in notices}
    notices += [each for each in stale(context) if each.text not in told]
    draft = words("draft.name") if context.judged.verdict != "publish" else ""
    full_title = words("cover.full_title", title=title, scope=context.scope_title)
    if kind == "empty":
        period = context.text(context.period.title)
        sentence = words("notice.empty", scope=context.scope_title, period=period)
        sections = (Section("empty", words("notice.empty_title"), (Notice(sentence),)),)
    return Report(
        language=words.language,
        kind="card" if kind == "card" else "empty" if kind == "empty" else "report",
        title=words("draft.title", draft=draft, title=full_title) if draft else full_title,
        description=context.text(programme.about),
        agency=context.text(programme.agency),
        banner=words("notice.synthetic") if programme.synthetic else "",
        draft=words("draft.every_page") if draft else "",
        notices=tuple(notices),
        cover=_cover(kind, context),
        summary=None if kind == "empty" else summary(context),
        sections=sections,
    )


def _cover(kind: str, context: Context) -> Cover:
    words, programme = context.words, context.programme
    period = context.period
    if kind == "card":
        return _card(context)
    lines = [
        context.text(period.title),
        words("cover.other_era", years=context.numbers.other_era(period.start, period.end)),
        words("cover.period", days=context.numbers.days(period.start, period.end)),
        words("cover.round", round=context.text(context.round.title)),
    ]
    if context.data_as_of is not None:
        lines.append(words("cover.data_as_of", day=context.data_day(context.data_as_of)))
    lines.append(words("cover.made_from", id=str(context.build["input_id"])[:12]))
    return Cover(
        agency=context.text(programme.agency),
        kind=words("cover.report"),
        title=context.text(programme.title),
        scope=context.scope_title,
        lines=tuple(lines),
        about=context.text(programme.about),
        credit=words("methods.credit", credit=context.text(programme.credit)) if programme.credit else "",
    )


def _card(context: Context) -> Cover:
    """The head of a card, which shares its page with what it is about."""
    words, programme = context.words, context.programme
    parts = {
        "period": context.text(context.period.title),
        "round": context.text(context.round.title),
        "day": context.data_day(context.data_as_of),
        "id": str(context.build["input_id"])[:12],
    }
    return Cover(
        agency=context.text(programme.agency),
        kind=words("cover.card"),
        title=context.text(programme.title),
        scope=context.scope_title,
        lines=(words("cover.card_line", **parts),),
        about="",
        credit="",
    )
