"""In the prices of which month money is told, and which changes carry the season."""

from datetime import date

from reports.context import Context


def prices(context: Context) -> str:
    """That money is as stated, or in the prices of which month by which index."""
    told = context.programme.prices
    if told is None:
        return context.words("notice.nominal")
    year, month = map(int, told.base.split("-"))
    return context.words("notice.real", month=context.numbers.month(date(year, month, 1)), source=told.source)


def other_seasons(context: Context) -> list[str]:
    """One sentence a round: the indicators whose change since the baseline carries the season."""
    found = context.facts.seasons
    sentences = []
    for each in context.rounds:
        names = [row["indicator"] for row in found.to_dicts() if row["round"] == each.id]
        if names:
            titles = ", ".join(context.title(name) for name in dict.fromkeys(names))
            sentences.append(context.words("notice.other_season", round=context.round_short(each.id), titles=titles))
    return sentences
