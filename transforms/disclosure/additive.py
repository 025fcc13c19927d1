"""Which indicators' levels are sums over people, so that two levels and a change tell of those left."""

from transforms.programme import Indicator, Programme

LEFT = "left"
"""The name of their item, and of their table."""
ADDITIVE = ("proportion", "mean", "ratio")


def gives_way(indicator: Indicator) -> str:
    """The quantity of the figure at a follow-up that is hidden where those left are too few."""
    return "change" if indicator.headline == "level" else "level"


def additive(programme: Programme) -> dict[str, Indicator]:
    """The indicators whose levels are sums over people."""
    return {name: each for name, each in programme.indicators.items() if each.statistic in ADDITIVE}
