"""What kind of number an estimate is: its shape decides how it is written and which words go with it."""

import re
from typing import Literal

from transforms.beside import HOMOGENEITY, NET_UPWARD, OTHER_READING, POSITIVE, SURVIVORS, WINSORISED
from transforms.programme import Indicator, Programme

Shape = Literal["count", "decimal", "money", "percent", "percent_change", "points", "log", "coefficient"]

MODELS = ("panel_effect", "first_difference", "ancova", "matched", "event_study", "staggered")
"""The statistics whose estimates are a model's coefficients."""

BY_ROUND = ("ancova", "matched", "event_study")
"""Of these, those with an effect a round."""

RELATIVE: tuple[Shape, ...] = ("percent_change", "log")
"""The shapes that say how many per cent more or less, whatever the unit."""

_LOGARITHM = re.compile(r"^\s*(ln|log)\s*\(", re.IGNORECASE)


OF_TERM: dict[str, tuple[Shape, Shape]] = {
    WINSORISED: ("money", "money"),
    POSITIVE: ("percent", "points"),
    SURVIVORS: ("percent_change", "percent_change"),
    NET_UPWARD: ("points", "points"),
    HOMOGENEITY: ("decimal", "decimal"),
    OTHER_READING: ("percent", "points"),
}
"""The shapes of what stands beside a lead figure: of a level, and of a change or an effect."""


def shape_of(indicator: Indicator, quantity: str, programme: Programme, term: str = "") -> Shape:
    """The shape of one indicator's count, level, change or effect, or of what stands beside it."""
    if term in OF_TERM:
        return OF_TERM[term][quantity != "level"]
    if indicator.statistic in MODELS:
        return "log" if is_logarithm(indicator, programme) else "coefficient"
    if quantity in ("count", "level"):
        return indicator.shown_as
    if indicator.statistic == "money" and indicator.change_as == "percent":
        return "percent_change"
    return "points" if indicator.shown_as == "percent" else indicator.shown_as


def is_logarithm(indicator: Indicator, programme: Programme) -> bool:
    """Whether an indicator's value is a natural logarithm, so that its differences are log points."""
    derived = programme.derived.get(indicator.value.strip())
    return _LOGARITHM.match(derived.value if derived is not None else indicator.value) is not None
