"""Whether the arms were on one path before anybody took part, or that nobody can tell."""

from collections.abc import Iterator

from reports.context import Context
from reports.document import Block, Note


def pre_trends(context: Context) -> list[Block]:
    """The joint tests of the effects shown, and of which effects there is none. Chance needs no such test."""
    if context.programme.design.kind in ("randomised", "waiting_list_lottery"):
        return []
    words, numbers = context.words, context.numbers
    tested, untested = [], False
    for name, rounds, p in _known(context):
        if rounds < 2:
            untested = True
        elif p is not None:
            tested.append(words("methods.pre_trend_of", title=context.title(name), p=numbers.p_value(p)))
    told: list[Block] = [Note(words("methods.pre_trend", tests="; ".join(tested)))] if tested else []
    if untested:
        told.append(Note(words(f"methods.pre_trend_untestable{'_others' if tested else ''}")))
    return told


def _known(context: Context) -> Iterator[tuple[str, int, float | None]]:
    """An indicator with an effect, its rounds before entry and the test's p-value."""
    for name in context.programme.indicators:
        effect = context.latest(context.of(name, quantity="effect"))
        if effect is not None and effect.visibility != "suppressed" and effect.pre_rounds is not None:
            yield name, effect.pre_rounds, effect.pre_trend_p
