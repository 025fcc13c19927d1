"""The quality gate: whether a report is final, a draft, or not shown as the newest. Rests on published figures only."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import get_args

import polars as pl

from transforms.beside import BESIDE
from transforms.programme import Programme, Verdict
from transforms.programme.gate import GateRule

NEW_ANSWERS = 0.1
"""The share by which the people behind an estimate must have changed before new data can explain a big move."""
DISCLOSURE_AUDIT = GateRule(limit=0, verdict="hold")
"""The one rule that no programme declares: hidden counts that all figures together would tell."""
_WIDTH = 3.92
"""Standard errors in a 95 % interval."""


@dataclass(frozen=True)
class Headline:
    """A headline figure as it was published: `n` is the people behind it."""

    indicator: str
    quantity: str
    round: str
    arm: str
    term: str
    value: float
    standard_error: float | None
    n: int | None

    @property
    def key(self) -> tuple[str, ...]:
        """What it is a figure of."""
        return (self.indicator, self.quantity, self.round, self.arm, self.term)


@dataclass(frozen=True)
class Published:
    """What a published report rested on: its headlines, and how many submissions of each source had landed."""

    headlines: tuple[Headline, ...]
    landed: Mapping[str, int]


@dataclass(frozen=True)
class Evidence:
    """What the gate looks at. Frames as in reports.facts, after disclosure control; `before`: the last final report.

    `failed_check` says whether newer data failed the warehouse's checks; `accepted` whether a person has found the
    moves of this very warehouse right; `known_too_well` how many hidden counts the audit of the release found.
    """

    at: datetime
    pulls: pl.DataFrame
    funnel: pl.DataFrame
    balance: pl.DataFrame
    now: Published
    before: Published | None = None
    failed_check: bool = False
    accepted: bool = False
    known_too_well: int = 0


@dataclass(frozen=True)
class Outcome:
    """What one rule found of one thing; `value` is null where it may not be shown."""

    rule: str
    verdict: Verdict
    limit: float
    value: float | None = None
    source: str = ""
    round: str = ""
    arm: str = ""
    indicator: str = ""


@dataclass(frozen=True)
class Judgement:
    """All that the gate found."""

    findings: tuple[Outcome, ...] = ()

    @property
    def verdict(self) -> Verdict:
        """The worst of the findings."""
        return max((each.verdict for each in self.findings), key=get_args(Verdict).index, default="publish")

    @property
    def reasons(self) -> tuple[Outcome, ...]:
        """The findings beyond their limits."""
        return tuple(each for each in self.findings if each.verdict != "publish")

    def rows(self) -> list[dict[str, object]]:
        """One row a finding, as it is kept."""
        return [asdict(each) for each in self.findings]


def judge(evidence: Evidence, programme: Programme, rounds: Sequence[str]) -> Judgement:
    """What the gate finds of one report on follow-ups up to the last of `rounds`."""
    gate = programme.gate
    return Judgement(
        (
            *_sources(evidence, programme),
            *_response(evidence.funnel, rounds, gate.response, programme.disclosure.floor),
            *_rejects(evidence.balance, gate.rejects),
            _told("failed_check", gate.failed_check, float(evidence.failed_check)),
            _told("disclosure_audit", DISCLOSURE_AUDIT, float(evidence.known_too_well)),
            *_moves(evidence, programme),
        )
    )


def published_by(estimates: pl.DataFrame, balance: pl.DataFrame, programme: Programme) -> Published:
    """What a report publishes of its headlines: PublishedEstimates that are shown with a value."""
    kinds = [(name, each.headline) for name, each in programme.indicators.items() if each.headline is not None]
    declared = pl.DataFrame(kinds, schema={"indicator": pl.String, "quantity": pl.String}, orient="row")
    interval = (pl.col("high") - pl.col("low")) / _WIDTH
    shown = (
        estimates.with_columns(pl.col("quantity", "arm", "visibility").cast(pl.String))
        .filter((pl.col("visibility") == "shown") & pl.col("value").is_finite())
        .filter(~pl.col("term").is_in(BESIDE))
        .join(declared, on=["indicator", "quantity"], how="semi")
        .with_columns(standard_error=pl.coalesce("standard_error", interval))
        .sort("estimate")
        .select("indicator", "quantity", "round", "arm", "term", "value", "standard_error", "n")
    )
    landed = dict(balance.sort("source").select("source", "landed").rows())
    return Published(tuple(Headline(**row) for row in shown.to_dicts()), landed)


def _told(rule: str, declared: GateRule, value: float, beyond: bool | None = None, **what: str) -> Outcome:
    """A finding; beyond its limit where the value is above it, unless `beyond` says."""
    tripped = value > declared.limit if beyond is None else beyond
    return Outcome(rule, declared.verdict if tripped else "publish", declared.limit, round(value, 4), **what)


def _sources(evidence: Evidence, programme: Programme) -> Iterator[Outcome]:
    """Of each rule on sources one finding for each that fails or is too old, or one that says that none is."""
    pulls = evidence.pulls.sort("source")
    too_old = pl.col("stale") | (pl.col("stale_from") < evidence.at).fill_null(False)
    found = {
        "source_failed": pulls.filter(pl.col("status").cast(pl.String) == "failed")["source"].to_list(),
        "source_stale": pulls.filter(too_old)["source"].to_list(),
    }
    for rule, sources in found.items():
        declared = getattr(programme.gate, rule)
        for source in sources or [""]:
            yield _told(rule, declared, len(sources), source=source)


def _response(funnel: pl.DataFrame, rounds: Sequence[str], rule: GateRule, floor: int) -> Iterator[Outcome]:
    """One finding for each round and arm of which enough people are due to say so.

    Too few answers to show are known to be fewer than the floor, and no more is said of them.
    """
    stages = funnel.with_columns(pl.col("stage", "arm", "round").cast(pl.String))
    arms = set(stages["arm"]) - {"all"} or {"all"}
    due, answered = (
        {(row["round"], row["arm"]): row["people"] for row in stages.filter(pl.col("stage") == stage).to_dicts()}
        for stage in ("due", "answered")
    )
    for each in rounds:
        for arm in sorted(arms):
            asked = due.get((each, arm))
            if asked is None or asked < floor:
                continue
            people = answered.get((each, arm))
            share = (floor - 1 if people is None else people) / asked
            if people is not None or share < rule.limit:
                finding = _told("response", rule, share, share < rule.limit, round=each, arm=arm)
                yield finding if people is not None else Outcome(**{**asdict(finding), "value": None})


def _rejects(balance: pl.DataFrame, rule: GateRule) -> Iterator[Outcome]:
    landed, rejected = (sum(balance[name].to_list()) for name in ("landed", "rejected"))
    if landed:
        yield _told("rejects", rule, rejected / landed)


def _moves(evidence: Evidence, programme: Programme) -> Iterator[Outcome]:
    """One finding for each headline that the last final report had too."""
    if evidence.before is None:
        return
    known = {each.key: each for each in evidence.before.headlines}
    arrived = dict(evidence.now.landed) != dict(evidence.before.landed)
    for now in evidence.now.headlines:
        before = known.get(now.key)
        if before is None:
            continue
        what = {"indicator": now.indicator, "round": now.round, "arm": now.arm}
        if now.quantity == "count":
            moved = abs(now.value - before.value) / max(abs(before.value), 1.0)
            rule, explained = "count_moved", arrived
        elif before.standard_error:
            moved = abs(now.value - before.value) / before.standard_error
            rule, explained = "estimate_moved", arrived and _other_people(now, before)
        else:
            continue
        declared = getattr(programme.gate, rule)
        beyond = moved > declared.limit and not explained and not evidence.accepted
        yield _told(rule, declared, moved, beyond, **what)


def _other_people(now: Headline, before: Headline) -> bool:
    """Whether so many came or went that new answers can have moved an estimate far."""
    if not now.n or not before.n:
        return False
    return abs(now.n - before.n) / before.n >= NEW_ANSWERS
