"""Why a report is a draft: what the quality gate found, in sentences for its first page."""

from reports.context import Context
from reports.document import Notice
from reports.sections.quality import failed_source, stale_source
from transforms.gate import Outcome

OF_SOURCES = {"source_failed": failed_source, "source_stale": stale_source}

MOST_REASONS = 6
"""As many as the first page has room for; the rest are counted."""


def draft_notices(context: Context) -> list[Notice]:
    """What a draft is, and one notice for each reason; none where the report is final."""
    reasons = context.judged.reasons
    if not reasons:
        return []
    told = list(dict.fromkeys(_reason(each, context) for each in reasons))
    more = len(told) - MOST_REASONS
    if more > 0:
        told = [*told[:MOST_REASONS], context.words("draft.more", count=context.numbers.text(str(more)))]
    return [Notice(context.words("draft.not_final")), *map(Notice, told)]


def _reason(finding: Outcome, context: Context) -> str:
    """One sentence."""
    words, numbers = context.words, context.numbers
    if finding.source:
        row = next(row for row in context.facts.pulls.to_dicts() if row["source"] == finding.source)
        return OF_SOURCES[finding.rule](row, context).text
    parts = {
        "indicator": context.title(finding.indicator) if finding.indicator else "",
        "round": context.round_short(finding.round) if finding.round else "",
        "arm": context.arm_inside(finding.arm) if finding.arm and finding.rule == "response" else "",
        "limit": numbers.text(f"{finding.limit:g}"),
        "percent": numbers.text(f"{finding.limit * 100:g}"),
    }
    return words(f"draft.{finding.rule}", **parts)
