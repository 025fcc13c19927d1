"""Which primary indicators were stated in advance: the hash of what decides their numbers, and what became of it."""

import json
from collections.abc import Iterable
from datetime import date, datetime
from hashlib import sha256
from typing import Any, Literal
from zoneinfo import ZoneInfo

import polars as pl

from transforms.programme import Freeze, Indicator, Programme

Standing = Literal["in_advance", "after_answers", "changed", "never_frozen", "exploratory"]
WORDS = {"title", "meaning", "unit"}
PRESENTED = {*WORDS, "section", "shown_as", "better", "target", "codes", "role", "family"}
"""What an indicator declares that decides none of its numbers; its family is told with its members."""


def primaries(programme: Programme) -> tuple[str, ...]:
    """The indicators that are declared primary."""
    return tuple(name for name, each in programme.indicators.items() if each.role == "primary")


def plan_hash(programme: Programme) -> str:
    """The SHA-256 of all that a programme declares, its words too, but for the freezes themselves."""
    return _hash(programme.model_dump(mode="json", exclude={"freezes"}))


def definition_hash(name: str, programme: Programme) -> str:
    """The SHA-256 of all that decides an indicator's numbers: no title, no translation, no order of the file."""
    return _hash(_definition(name, programme))


def frozen_since(name: str, programme: Programme) -> Freeze | None:
    """The first of the latest freezes that hold the indicator as it is now; none where the last one does not."""
    now, found = definition_hash(name, programme), None
    for each in reversed(programme.freezes):
        if each.indicators.get(name) != now:
            break
        found = each
    return found


def standing(name: str, programme: Programme, first_answer: date | None) -> Standing:
    """How an indicator was stated. `first_answer`: the first day of an answer that its outcome rests on, if any.

    A freeze on the very day of that answer is none in advance.
    """
    if programme.indicators[name].role == "exploratory":
        return "exploratory"
    if not programme.freezes or name not in programme.freezes[-1].indicators:
        return "never_frozen"
    since = frozen_since(name, programme)
    if since is None:
        return "changed"
    late = first_answer is not None and frozen_on(since.frozen_at, programme) >= first_answer
    return "after_answers" if late else "in_advance"


def frozen_on(moment: datetime, programme: Programme) -> date:
    """The day of a moment where the programme is."""
    return moment.astimezone(ZoneInfo(programme.time_zone)).date()


def outcome_rounds(indicator: Indicator, programme: Programme) -> tuple[str, ...]:
    """The rounds after the baseline at which an indicator is computed; the baseline where it has no other."""
    asked = [each.id for each in programme.rounds if not indicator.rounds or each.id in indicator.rounds]
    later = tuple(each for each in asked if each != programme.baseline.id)
    return later if indicator.rows == "responses" and later else (programme.baseline.id,)


def differences(programme: Programme) -> tuple[str, ...]:
    """What the last freeze does not hold as it is now: one sentence an indicator."""
    if not programme.freezes:
        return ()
    last, now = programme.freezes[-1].indicators, primaries(programme)
    changed = [f"the definition of '{name}' has changed" for name in now if name in last and _differs(name, programme)]
    added = [f"'{name}' is primary now and was not then" for name in now if name not in last]
    gone = [f"'{name}' was primary then and is not now" for name in last if name not in now]
    return (*changed, *added, *gone)


def _differs(name: str, programme: Programme) -> bool:
    return programme.freezes[-1].indicators[name] != definition_hash(name, programme)


def _definition(name: str, programme: Programme) -> dict[str, Any]:
    """All that decides the numbers of one indicator, names and codes alone."""
    indicator, design = programme.indicators[name], programme.design
    family = indicator.family or indicator.section
    together = [other for other, each in programme.indicators.items() if (each.family or each.section) == family]
    texts = [indicator.value, indicator.per, indicator.population]
    texts += [design.treatment, design.assignment, design.exposure]
    weights, covariates = programme.weights, list(indicator.covariates)
    if weights is not None:
        covariates += [*weights.covariates, *(each.by for each in weights.margins)]
        covariates += [weights.base] if weights.base else []
    between = [indicator.between.by] if indicator.between else []
    columns = _columns([*_named(texts), *covariates, *between], programme)
    costed = indicator.costed if indicator.costed in programme.indicators else None
    rounds = {programme.baseline.id, *outcome_rounds(indicator, programme)}
    return {
        "indicator": indicator.model_dump(mode="json", exclude=PRESENTED),
        "design": design.model_dump(mode="json", exclude={"arms", "smallest_effect_sd"}),
        "smallest_effect": indicator.smallest_effect or f"{design.smallest_effect_sd} sd",
        "family": [family, *sorted(together)],
        "rounds": [[each.id, each.months, each.window] for each in programme.rounds if each.id in rounds],
        "weights": weights.model_dump(mode="json") if weights else None,
        "contact": programme.contact.model_dump(mode="json") if programme.contact else None,
        "columns": columns,
        "prices": programme.prices.base if programme.prices else None,
        "costed": _definition(costed, programme) if costed else None,
        "budget": programme.budget if costed else None,
    }


def _columns(names: Iterable[str], programme: Programme) -> dict[str, Any]:
    """What is declared of the columns and of those that they are derived from: paths, limits, codes, expressions."""
    found: dict[str, Any] = {}
    waiting = sorted(set(names))
    while waiting:
        name = waiting.pop()
        if name in found:
            continue
        asked = {form: each.questions[name] for form, each in programme.forms.items() if name in each.questions}
        if name in programme.derived:
            found[name] = programme.derived[name].value
            waiting += _named([programme.derived[name].value])
        elif asked:
            found[name] = {
                form: question.model_dump(mode="json", exclude={*WORDS, "choices"})
                | {"choices": {choice.value: sorted(choice.accepts) for choice in question.choices}}
                for form, question in asked.items()
            }
        elif (rule := programme.size_rule) is not None and name in (rule.column, rule.at_registration):
            found[name] = rule.model_dump(mode="json", exclude={"title", "sizes"})
            waiting += [rule.revenue, rule.workers, rule.sector]
    return found


def _named(texts: Iterable[str | None]) -> list[str]:
    """The columns that SQL expressions read."""
    return sorted({name for text in texts if text for name in pl.sql_expr(text).meta.root_names()})


def _hash(declared: Any) -> str:
    """Independent of the order in which tables were written."""
    written = json.dumps(declared, sort_keys=True, ensure_ascii=False, separators=(",", ":"))
    return sha256(written.encode()).hexdigest()
