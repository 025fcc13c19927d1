"""At which rounds what an indicator rests on was asked otherwise than at the baseline."""

import polars as pl

from transforms.programme import Indicator, Programme


def changed_in(indicator: Indicator, programme: Programme) -> tuple[str, ...]:
    """The rounds, in order. A model over all rounds is changed by any of them."""
    changed = {
        each
        for name in _questions(indicator, programme)
        for form in programme.forms.values()
        if name in form.questions
        for each in form.questions[name].changed_in
    }
    rounds = [each.id for each in programme.rounds]
    if changed and indicator.statistic in ("panel_effect", "staggered"):
        return tuple(rounds[1:])
    return tuple(each for each in rounds if each in changed)


def _questions(indicator: Indicator, programme: Programme) -> set[str]:
    """The columns that its expressions use, those of derived columns too."""
    texts = [each for each in (indicator.value, indicator.per, indicator.population) if each is not None]
    seen: set[str] = set()
    while texts:
        for name in pl.sql_expr(texts.pop()).meta.root_names():
            if name not in seen:
                seen.add(name)
                if name in programme.derived:
                    texts.append(programme.derived[name].value)
    return seen
