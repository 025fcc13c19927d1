"""Mistakes in programme.toml's table `retention`."""

from collections.abc import Iterator

from transforms.programme import Programme

_DAYS_A_MONTH = 28
"""The fewest: whether a length reaches beyond a round must not hang on the season."""


def retention_mistakes(where: str, programme: Programme) -> Iterator[str]:
    """What is wrong with how long people are kept."""
    if programme.retention is None:
        return
    after, length = programme.retention.after, programme.retention.length
    if length is None:
        yield (
            f'{where}: after = "{after}" is no length of time. Write a number from 1 to 999 and days, months or years, '
            'such as "5 years".'
        )
        return
    months, days = length
    last = max(programme.rounds, key=lambda each: each.last_month)
    if months + days // _DAYS_A_MONTH < last.last_month:
        yield (
            f"{where}: after = \"{after}\" is shorter than {last.last_month} months, the end of round '{last.id}': "
            "people would be gone before they are asked. Make it longer."
        )
