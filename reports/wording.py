"""What an estimate says, in one plain sentence whose verb is never stronger than its design and its data allow."""

from dataclasses import dataclass

from reports.estimate import Estimate
from reports.numbers import Numbers, Place
from reports.shapes import Shape
from reports.words import Words
from transforms.programme import Indicator


@dataclass(frozen=True)
class Setting:
    """What a sentence names beside the estimate itself."""

    baseline: str
    round: str
    comparison: str
    floor: int


def finding(
    estimate: Estimate, indicator: Indicator, shape: Shape, setting: Setting, words: Words, numbers: Numbers
) -> str:
    """The sentence for one estimate. A change's or effect's verb follows its letter; `?` and `0` override it."""
    unit = indicator.unit.in_language(words.language)
    hidden = _hidden(estimate, setting, words, numbers)
    if hidden:
        return hidden
    if estimate.quantity == "count":
        return _count(estimate, indicator, shape, unit, words, numbers)
    if estimate.quantity == "level":
        return _level(estimate, shape, unit, setting, words, numbers)
    return _contrast(estimate, indicator, shape, unit, setting, words, numbers)


def answers(estimate: Estimate, words: Words, numbers: Numbers) -> str:
    """How many answers an estimate rests on: `n = 412`, or `n = 240 and 236`."""
    if estimate.n is None:
        return ""
    if estimate.n_comparison is None:
        return words("number.n", n=numbers.count(estimate.n))
    return words("number.n_both", n=numbers.count(estimate.n), n_comparison=numbers.count(estimate.n_comparison))


def shown(
    estimate: Estimate,
    shape: Shape,
    unit: str,
    floor: int,
    words: Words,
    numbers: Numbers,
    place: Place = "cell",
) -> str:
    """An estimate for a table or a tile: its amount, its bound, or why it is not shown. Never blank."""
    match estimate.visibility:
        case "suppressed":
            return suppressed(estimate, floor, words, numbers)
        case "bottom_coded" | "top_coded" if estimate.bound is not None:
            key = "number.under" if estimate.visibility == "bottom_coded" else "number.over"
            return words(key, bound=numbers.amount(estimate.bound, shape, unit, place=place))
    if estimate.value is None:
        return words("number.none" if not estimate.n else "number.not_estimable")
    signed = estimate.quantity in ("change", "effect")
    return numbers.amount(estimate.value, shape, unit, signed=signed, place=place)


def suppressed(estimate: Estimate, floor: int, words: Words, numbers: Numbers) -> str:
    """What stands in a figure's place when it is not shown."""
    if estimate.n is not None and estimate.n >= floor:
        return words("number.protected")
    if estimate.quantity == "count":
        return numbers.few(floor)
    return words("number.not_shown_short", floor=numbers.count(floor))


def _hidden(estimate: Estimate, setting: Setting, words: Words, numbers: Numbers) -> str:
    if estimate.visibility == "suppressed" or estimate.letter == "X":
        if estimate.n is not None and estimate.n >= setting.floor and estimate.letter != "X":
            return words("finding.hidden.protected")
        return words("finding.hidden.suppressed", floor=numbers.count(setting.floor))
    if estimate.value is None and estimate.bound is None:
        return words("finding.hidden.missing")
    return ""


def _count(estimate: Estimate, indicator: Indicator, shape: Shape, unit: str, words: Words, numbers: Numbers) -> str:
    value = _known(estimate)
    amount = numbers.amount(value, shape, unit)
    if indicator.target is None or indicator.headline != "count":
        return words("finding.count.plain", amount=amount)
    share = numbers.amount(value / indicator.target, "percent", "")
    target = numbers.amount(indicator.target, shape, unit)
    return words("finding.count.target", amount=amount, share=share, target=target)


def _level(estimate: Estimate, shape: Shape, unit: str, setting: Setting, words: Words, numbers: Numbers) -> str:
    amount = shown(estimate, shape, unit, setting.floor, words, numbers, "amount")
    if estimate.is_coded:
        return words("finding.level.coded", amount=amount, round=setting.round, n=answers(estimate, words, numbers))
    evidence = _evidence(estimate, shape, unit, words, numbers)
    return words("finding.level.plain", amount=amount, round=setting.round, evidence=evidence)


def _contrast(
    estimate: Estimate,
    indicator: Indicator,
    shape: Shape,
    unit: str,
    setting: Setting,
    words: Words,
    numbers: Numbers,
) -> str:
    value = _known(estimate)
    frame = f"finding.{estimate.quantity}"
    names = {
        "baseline": setting.baseline,
        "round": setting.round,
        "comparison": setting.comparison,
        "evidence": _evidence(estimate, shape, unit, words, numbers),
    }
    match estimate.sign:
        case "0":
            return words(f"{frame}.zero", **names)
        case "+" | "-" | "(+)" | "(-)":
            names["movement"] = _movement(value, indicator, shape, unit, words, numbers)
            names["signed"] = numbers.amount(value, shape, unit, signed=True)
            sentence = words(f"{frame}.{estimate.letter or 'D'}", **names)
            return f"{sentence} {words('finding.weak')}" if estimate.sign in ("(+)", "(-)") else sentence
        case _:  # `?`, and a contrast without a p-value, which cannot be told from no change either
            names["extreme"] = numbers.amount(_extreme(estimate), shape, unit, signed=True)
            sentence = words(f"{frame}.unclear", **names)
            if estimate.smallest_detectable is None:
                return sentence
            size = numbers.size(estimate.smallest_detectable, shape, unit)
            return f"{sentence} {words('finding.detectable', size=size)}"


def _movement(value: float, indicator: Indicator, shape: Shape, unit: str, words: Words, numbers: Numbers) -> str:
    """A rise or a fall, and whether that is good where a reader might wonder."""
    direction = "rise" if value >= 0 else "fall"
    obvious = indicator.better == "up" and direction == "rise"
    improved = (direction == "rise") == (indicator.better == "up")
    valence = "neither" if indicator.better == "neither" or obvious else "better" if improved else "worse"
    return words(f"finding.{direction}", size=numbers.size(value, shape, unit), valence=words(f"finding.{valence}"))


def _evidence(estimate: Estimate, shape: Shape, unit: str, words: Words, numbers: Numbers) -> str:
    n = answers(estimate, words, numbers)
    if estimate.low is None or estimate.high is None:
        return words("finding.no_interval", n=n)
    return words("finding.certain", interval=numbers.interval(estimate.low, estimate.high, shape, unit), n=n)


def _extreme(estimate: Estimate) -> float:
    """The end of the interval that lies furthest from no change."""
    ends = [end for end in (estimate.low, estimate.high) if end is not None]
    return max(ends, key=abs) if ends else _known(estimate)


def _known(estimate: Estimate) -> float:
    if estimate.value is None:
        raise ValueError(f"{estimate.estimate}: shown without a value")
    return estimate.value
