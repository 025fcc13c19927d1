"""What an estimate says, in one plain sentence whose verb is never stronger than its design and its data allow."""

from dataclasses import dataclass

from reports.estimate import Estimate
from reports.numbers import Numbers, Place, as_percent_change
from reports.shapes import Shape
from reports.words import Words
from transforms.programme import Indicator


@dataclass(frozen=True)
class Claim:
    """An estimate with what it is an estimate of, and the target it is held against, if any."""

    estimate: Estimate
    indicator: Indicator
    shape: Shape
    unit: str
    target: float | None = None

    @property
    def value(self) -> float:
        """The estimate's value; raises where there is none to tell of."""
        if self.estimate.value is None:
            raise ValueError(f"{self.estimate.estimate}: shown without a value")
        return self.estimate.value


@dataclass(frozen=True)
class Voice:
    """The language a claim is told in, and the names it needs beside its own."""

    words: Words
    numbers: Numbers
    floor: int
    baseline: str
    round: str
    comparison: str

    def amount(self, claim: Claim, value: float, *, signed: bool = False, place: Place = "amount") -> str:
        """A value in the claim's unit."""
        return self.numbers.amount(value, claim.shape, claim.unit, signed=signed, place=place)

    def size(self, claim: Claim, value: float) -> str:
        """How large a change of the claim's kind is."""
        return self.numbers.size(value, claim.shape, claim.unit)


def finding(claim: Claim, voice: Voice) -> str:
    """The sentence for one estimate. A change's or effect's verb follows its letter; `?` and `0` override it."""
    hidden = _hidden(claim.estimate, voice)
    if hidden:
        return hidden
    match claim.estimate.quantity:
        case "count":
            return _count(claim, voice)
        case "level":
            return _level(claim, voice)
        case _:
            return _contrast(claim, voice)


def beside_effect(claim: Claim, voice: Voice) -> str:
    """The sentence for a change that the effect's own sentence follows: short, where the change was found."""
    if claim.estimate.letter != "D" or claim.estimate.sign not in ("+", "-", "(+)", "(-)"):
        return finding(claim, voice)
    signed = voice.amount(claim, claim.value, signed=True)
    return voice.words("finding.change.beside_effect", baseline=voice.baseline, round=voice.round, signed=signed)


def answers(estimate: Estimate, words: Words, numbers: Numbers) -> str:
    """How many answers an estimate rests on: `n = 412`, or `n = 240 and 236`; nothing where that is hidden."""
    if estimate.n is None:
        return ""
    if estimate.n_comparison is None:
        return words("number.n", n=numbers.count(estimate.n))
    return words("number.n_both", n=numbers.count(estimate.n), n_comparison=numbers.count(estimate.n_comparison))


def shown(claim: Claim, voice: Voice, place: Place = "cell") -> str:
    """An estimate for a table or a tile: its amount, its bound, or why it is not shown. Never blank."""
    estimate = claim.estimate
    match estimate.visibility:
        case "suppressed":
            return voice.numbers.hidden()
        case "bottom_coded" | "top_coded" if estimate.bound is not None:
            key = "number.under" if estimate.visibility == "bottom_coded" else "number.over"
            return voice.words(key, bound=voice.amount(claim, estimate.bound, place=place))
    if estimate.value is None:
        return voice.words("number.not_estimable" if estimate.n else "number.none")
    return voice.amount(claim, estimate.value, signed=estimate.is_contrast, place=place)


def detectable(smallest: float, indicator: Indicator, shape: Shape) -> float:
    """The smallest detectable effect in the direction that is hoped for: of a logarithm a fall is not a rise."""
    return -smallest if shape == "log" and indicator.better == "down" else smallest


def _hidden(estimate: Estimate, voice: Voice) -> str:
    if estimate.visibility == "suppressed" or estimate.letter == "X":
        if estimate.n is not None and estimate.n >= voice.floor and estimate.letter != "X":
            return voice.words("finding.hidden.protected")
        return voice.words("finding.hidden.suppressed", floor=voice.numbers.count(voice.floor))
    if estimate.value is None and estimate.bound is None:
        return voice.words("finding.hidden.not_estimable" if estimate.n else "finding.hidden.missing")
    return ""


def _count(claim: Claim, voice: Voice) -> str:
    amount, target = voice.amount(claim, claim.value), claim.target
    if target is None:
        return voice.words("finding.count.plain", amount=amount)
    share = voice.numbers.amount(claim.value / target, "percent", "")
    return voice.words("finding.count.target", amount=amount, share=share, target=voice.amount(claim, target))


def _level(claim: Claim, voice: Voice) -> str:
    amount = shown(claim, voice, "amount")
    if not voice.round:
        n = answers(claim.estimate, voice.words, voice.numbers)
        evidence = n if claim.estimate.is_coded else _evidence(claim, voice)
        return voice.words("finding.level.once", amount=amount, evidence=evidence)
    if claim.estimate.is_coded:
        n = answers(claim.estimate, voice.words, voice.numbers)
        return voice.words("finding.level.coded", amount=amount, round=voice.round, n=n)
    return voice.words("finding.level.plain", amount=amount, round=voice.round, evidence=_evidence(claim, voice))


def _contrast(claim: Claim, voice: Voice) -> str:
    estimate, words = claim.estimate, voice.words
    if estimate.method == "standardised_difference":
        size = voice.numbers.figure(claim.value, "decimal", signed=True)
        return words("finding.alike", size=size, n=answers(estimate, words, voice.numbers))
    frame = f"finding.{estimate.quantity}"
    names = {"baseline": voice.baseline, "round": voice.round, "comparison": voice.comparison}
    names["evidence"] = _evidence(claim, voice)
    match estimate.sign:
        case "0" if not estimate.is_without_interval:
            return words(f"{frame}.zero", **names)
        case "+" | "-" | "(+)" | "(-)":
            names["movement"] = _movement(claim, voice)
            names["signed"] = voice.amount(claim, claim.value, signed=True)
            sentence = words(f"{frame}.{estimate.letter or 'D'}", **names)
            return f"{sentence} {words('finding.weak')}" if estimate.sign in ("(+)", "(-)") else sentence
        case _:
            if estimate.low is None or estimate.high is None:
                return words(f"{frame}.bare", **names)
            names["span"] = voice.numbers.interval(estimate.low, estimate.high, claim.shape, claim.unit, signed=True)
            names["furthest"] = voice.amount(claim, _furthest(estimate.low, estimate.high, claim.shape), signed=True)
            names["n"] = answers(estimate, words, voice.numbers)
            if estimate.p_value is None:
                return words(f"{frame}.untested", **names)
            return " ".join([words(f"{frame}.unclear", **names), *_detectable(claim, voice)])


def _furthest(low: float, high: float, shape: Shape) -> float:
    """The end of an interval that lies further from no change, as a reader sees it."""
    return max(high, low, key=lambda end: abs(as_percent_change(end) if shape == "log" else end))


def _detectable(claim: Claim, voice: Voice) -> list[str]:
    smallest = claim.estimate.smallest_detectable
    if smallest is None:
        return []
    size = voice.size(claim, detectable(smallest, claim.indicator, claim.shape))
    return [voice.words("finding.detectable", size=size)]


def _movement(claim: Claim, voice: Voice) -> str:
    """A rise or a fall, and whether that is good where a reader might wonder."""
    better = claim.indicator.better
    direction = "rise" if claim.value >= 0 else "fall"
    obvious = better == "up" and direction == "rise"
    improved = (direction == "rise") == (better == "up")
    valence = "neither" if better == "neither" or obvious else "better" if improved else "worse"
    size = voice.size(claim, claim.value)
    return voice.words(f"finding.{direction}", size=size, valence=voice.words(f"finding.{valence}"))


def _evidence(claim: Claim, voice: Voice) -> str:
    estimate = claim.estimate
    n = answers(estimate, voice.words, voice.numbers)
    if estimate.low is None or estimate.high is None:
        return voice.words("finding.no_interval", n=n)
    interval = voice.numbers.interval(estimate.low, estimate.high, claim.shape, claim.unit)
    return voice.words("finding.certain", interval=interval, n=n)
