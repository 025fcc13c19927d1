"""From where on a report is not final, or is not shown as the newest at all."""

from typing import Annotated, Literal

from pydantic import Field

from transforms.programme.words import Declared

Verdict = Literal["publish", "draft", "hold"]
"""From the best to the worst."""


class GateRule(Declared):
    """Where a rule's limit lies, and what becomes of a report beyond it."""

    limit: Annotated[float, Field(ge=0)]
    verdict: Literal["draft", "hold"] = "draft"


class Gate(Declared):
    """The quality gate's rules; each has a default. What `limit` counts is the rule's own.

    `source_failed`, `source_stale`: sources that may be so. `response`: the least share of those due who answered, by
    round and arm. `rejects`: the largest share of submissions set aside. `failed_check`: newer data that may have
    failed the warehouse's checks. `estimate_moved`: standard errors; `count_moved`: a share: by which a headline may
    differ from the last final report without new data to explain it.
    """

    source_failed: GateRule = GateRule(limit=0)
    source_stale: GateRule = GateRule(limit=0)
    response: GateRule = GateRule(limit=0.5)
    rejects: GateRule = GateRule(limit=0.1)
    failed_check: GateRule = GateRule(limit=0)
    estimate_moved: GateRule = GateRule(limit=3)
    count_moved: GateRule = GateRule(limit=0.2)
