"""What every chapter of one report shares: its facts, its scope, its language, and names for everything."""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import cached_property
from typing import Any
from zoneinfo import ZoneInfo

import polars as pl

from reports.estimate import Estimate, read, select
from reports.facts import Facts
from reports.numbers import Numbers
from reports.scope import Scope
from reports.shapes import MODELS, RELATIVE, Shape, is_logarithm, shape_of
from reports.since import Since
from reports.wording import Claim, Voice, answers, beside_effect, detectable, finding, shown
from reports.words import Words
from transforms.beside import BESIDE
from transforms.gate import Judgement
from transforms.programme import Indicator, Period, Programme, Round, Text

HEADLINE_ARMS = ("both", "treated", "all", "comparison")
"""Whose figure speaks for an indicator where there are several."""

NO_BREAK_SPACE = "\N{NO-BREAK SPACE}"
_AFTER_A_DIGIT = re.compile(r"(?<=\d) ")

WITHIN_SESSION = "_within_session"
"""How the method of a figure on one course session ends: its units count each for itself."""


def _arm_order(estimate: Estimate) -> int:
    """A count is everybody's; any other figure is that of the programme's own arm."""
    if estimate.quantity == "count":
        return int(estimate.arm != "all")
    return HEADLINE_ARMS.index(estimate.arm)


@dataclass(frozen=True)
class Context:
    """The report being written."""

    facts: Facts
    programme: Programme
    scope: Scope
    words: Words
    numbers: Numbers
    judged: Judgement = field(default_factory=Judgement)
    since: Since | None = None

    @cached_property
    def estimates(self) -> tuple[Estimate, ...]:
        """Every estimate of the scope."""
        return read(self.facts.estimates)

    @cached_property
    def areas(self) -> tuple[Estimate, ...]:
        """Every estimate of the areas set side by side."""
        return read(self.facts.areas)

    @cached_property
    def round(self) -> Round:
        """The round reported on: the one asked for, or the latest of which there are answers."""
        if self.scope.round is not None:
            return next(each for each in self.programme.rounds if each.id == self.scope.round)
        answered = self.facts.funnel.filter(
            (pl.col("stage").cast(pl.String) == "answered") & (pl.col("people").is_null() | (pl.col("people") > 0))
        )
        held = set(answered["round"])
        return next((each for each in reversed(self.programme.rounds) if each.id in held), self.programme.baseline)

    @property
    def rounds(self) -> tuple[Round, ...]:
        """The rounds up to the one reported on."""
        return self.programme.rounds[: self.programme.rounds.index(self.round) + 1]

    @property
    def floor(self) -> int:
        """The fewest people a figure may rest on."""
        return self.programme.disclosure.floor

    @property
    def is_compared(self) -> bool:
        """Whether the design has a comparison arm."""
        return self.programme.design.arms is not None

    def text(self, text: Text) -> str:
        """Declared words in the report's language, digits as the edition writes them."""
        return self.numbers.text(text.in_language(self.words.language))

    def indicators(self, *sections: str) -> Iterator[tuple[str, Indicator]]:
        """The indicators of some chapters, in their order."""
        return ((name, each) for name, each in self.programme.indicators.items() if each.section in sections)

    def of(self, indicator: str, **wanted: object) -> tuple[Estimate, ...]:
        """The scope's estimates of one indicator; what stands beside its lead figures only where its term is wanted."""
        found = select(self.estimates, indicator=indicator, **wanted)
        return tuple(each for each in found if "term" in wanted or each.term not in BESIDE)

    def latest(self, estimates: Iterable[Estimate]) -> Estimate | None:
        """The estimate that speaks for an indicator: the latest round up to the one reported on, shown if possible.

        A figure that may not be shown gives way only to an earlier round's, never to silence.
        """
        order = {each.id: place for place, each in enumerate(self.rounds)}
        main = [each for each in estimates if each.is_main and each.round in order]
        ranked = sorted(main, key=lambda each: (-order[each.round], _arm_order(each)))
        visible = [each for each in ranked if each.visibility != "suppressed"]
        return next(iter(visible or ranked), None)

    def shape(self, estimate: Estimate) -> Shape:
        """The kind of number an estimate is."""
        indicator = self.programme.indicators[estimate.indicator]
        return shape_of(indicator, estimate.quantity, self.programme, estimate.term)

    def unit(self, estimate: Estimate) -> str:
        """The unit's words."""
        return self.text(self.programme.indicators[estimate.indicator].unit)

    def show(self, estimate: Estimate) -> str:
        """An estimate as tables and tiles show it."""
        return shown(self.claim(estimate), self.voice(estimate))

    def interval(self, estimate: Estimate) -> str:
        """Its 95% interval, or the dash that says there is none to show."""
        if not estimate.is_drawn or estimate.low is None or estimate.high is None:
            return self.words("number.dash")
        return self.numbers.interval(estimate.low, estimate.high, self.shape(estimate), self.unit(estimate), "cell")

    def answers(self, estimate: Estimate) -> str:
        """The number of answers behind it, unless it is hidden."""
        return "" if estimate.visibility == "suppressed" else answers(estimate, self.words, self.numbers)

    def sentence(self, estimate: Estimate) -> str:
        """What it says."""
        if estimate.term in BESIDE and estimate.is_drawn:
            figures = {"amount": self.show(estimate), "interval": self.interval(estimate), "n": self.answers(estimate)}
            return self.words("finding.beside", name=self.term(estimate.term), **figures)
        return finding(self.claim(estimate), self.voice(estimate))

    def sentences(self, told: Sequence[Estimate]) -> str:
        """What an estimate says, or a change and then the effect that judges it."""
        *first, last = told
        shorter = (beside_effect(self.claim(each), self.voice(each)) for each in first)
        return " ".join([*shorter, self.sentence(last)])

    def claim(self, estimate: Estimate) -> Claim:
        """An estimate with what it is an estimate of."""
        indicator = self.programme.indicators[estimate.indicator]
        return Claim(estimate, indicator, self.shape(estimate), self.unit(estimate), self.target(estimate))

    def target(self, estimate: Estimate) -> float | None:
        """The target of a headline. A number of people is aimed at by the whole programme, not by a part of it."""
        indicator = self.programme.indicators[estimate.indicator]
        of_the_whole = indicator.statistic == "count" and self.scope.by != "programme"
        return indicator.target if indicator.headline == estimate.quantity and not of_the_whole else None

    def voice(self, estimate: Estimate) -> Voice:
        """The language, and the names that a sentence on an estimate needs."""
        return Voice(
            words=self.words,
            numbers=self.numbers,
            floor=self.floor,
            baseline=self.round_short(self.programme.baseline.id),
            round="" if self.is_told_once(estimate.indicator) else self.round_short(estimate.round),
            comparison=self.arm_inside("comparison"),
        )

    def is_told_once(self, indicator: str) -> bool:
        """Whether an indicator belongs to the registration alone, so that naming its round would mislead."""
        return self.programme.indicators[indicator].rounds == (self.programme.baseline.id,)

    def title(self, indicator: str) -> str:
        """An indicator's name."""
        return self.text(self.programme.indicators[indicator].title)

    def heading_unit(self, indicator: str) -> str:
        """The unit that a table names beside an indicator; per cent stands with each number instead."""
        declared = self.programme.indicators[indicator]
        in_per_cent = declared.shown_as == "percent" or declared.statistic in MODELS
        return "" if in_per_cent else self.text(declared.unit)

    def unit_beside(self, estimates: Iterable[Estimate]) -> str:
        """The unit named beside an indicator whose changes or effects a table shows: none where they are relative."""
        known = {self.shape(each): each.indicator for each in estimates}
        return next((self.heading_unit(name) for shape, name in known.items() if shape not in RELATIVE), "")

    @property
    def units(self) -> str:
        """What is counted: people, firms."""
        return self.text(self.programme.unit)

    def round_title(self, round_id: str) -> str:
        """A round's name."""
        return self.text(next(each.title for each in self.programme.rounds if each.id == round_id))

    def round_short(self, round_id: str) -> str:
        """A round's short name, for charts and columns."""
        short = self.text(next(each.short for each in self.programme.rounds if each.id == round_id))
        return _AFTER_A_DIGIT.sub(NO_BREAK_SPACE, short)

    def arm(self, arm: str) -> str:
        """An arm's name as a heading."""
        name = self.arm_inside(arm)
        return name[:1].upper() + name[1:]

    def arm_inside(self, arm: str) -> str:
        """An arm's name inside a sentence, the programme's own where it has one."""
        arms = self.programme.design.arms
        if arms is not None and arm in ("treated", "comparison"):
            return self.text(arms.treated if arm == "treated" else arms.comparison)
        return self.words(f"arm.{'all' if arms is None else arm}")

    def quantity(self, estimate: Estimate) -> str:
        """What is compared: a change of one arm, or one arm against the other."""
        if estimate.quantity == "effect":
            return self.words("quantity.effect", comparison=self.arm_inside("comparison"))
        key = f"quantity.{estimate.quantity}{'_of_arm' if self.is_compared and estimate.arm != 'all' else ''}"
        return self.words(key, baseline=self.round_short(self.programme.baseline.id), arm=self.arm_inside(estimate.arm))

    def term(self, term: str) -> str:
        """The words for a model's term; terms are named as in transforms.tables.Estimates."""
        name = term.removesuffix("|classical")
        if name.startswith("treated_lag_"):
            lag = name.removeprefix("treated_lag_")
            return self.words("term.lag_1") if lag == "1" else self.words("term.lag", lag=self.numbers.text(lag))
        if name.startswith("round."):
            baseline = self.round_short(self.programme.baseline.id)
            return self.words("term.round", round=self.round_short(name.removeprefix("round.")), baseline=baseline)
        if name.startswith("cohort."):
            return self.words("term.cohort", round=self.round_short(name.removeprefix("cohort.")))
        if name.startswith("exposure."):
            since = int(name.removeprefix("exposure."))
            return self.words(
                "term.exposure" if since >= 0 else "term.before_entry", rounds=self.numbers.count(abs(since))
            )
        return self.words.of_code("term", name)

    def grade(self, estimate: Estimate) -> str:
        """Letter and sign together."""
        if estimate.letter is None:
            return ""
        sign = self.numbers.sign(estimate.sign or "")
        return self.words("methods.grade_as_text", letter=estimate.letter, sign=sign).strip()

    def detectable(self, estimate: Estimate) -> str:
        """The smallest difference the design could notice; nothing where there are too few groups to say."""
        if estimate.smallest_detectable is None:
            return ""
        shape, indicator = self.shape(estimate), self.programme.indicators[estimate.indicator]
        smallest = detectable(estimate.smallest_detectable, indicator, shape)
        return self.numbers.size(smallest, shape, self.unit(estimate), place="cell")

    def why_unclear(self, estimate: Estimate) -> str:
        """Why nothing was found where nothing was: what the design could notice, or that it could test nothing."""
        if estimate.sign != "?":
            return ""
        size = self.detectable(estimate)
        if not size or estimate.p_value is None:
            return self.words("unclear.few_groups")
        return self.words("unclear.detectable", size=size)

    def method(self, method: str) -> tuple[str, str]:
        """The words for an estimator's code, which names the estimator and then its errors."""
        method = method.removesuffix(WITHIN_SESSION)  # the report on that session says so itself
        for key in self.words.texts:
            errors = key.removeprefix("errors.")
            if key != errors and method.endswith(f"_{errors}"):
                return self.words.of_code("estimator", method.removesuffix(f"_{errors}")), self.words(key)
        return self.words.of_code("estimator", method), self.words("methods.no_interval")

    def group(self, by: str, group: str) -> str:
        """A group's name."""
        found = self.facts.groups.filter((pl.col("by") == by) & (pl.col("group") == group))
        titles = found[f"title_{self.words.language}"].to_list()
        return self.numbers.text(titles[0]) if titles else self.numbers.text(group)

    def source(self, source: str) -> str:
        """A source's name: its form's, its round's where it has one, and its own where several bring the same."""
        declared = next((each for each in self.programme.sources if each.id == source), None)
        if declared is None:
            return source
        name = self.text(self.programme.forms[declared.form].title)
        if declared.round is not None:
            name = self.words("source.of_round", title=name, round=self.round_short(declared.round))
        brings = [(each.form, each.round) for each in self.programme.sources]
        several = brings.count((declared.form, declared.round)) > 1
        return self.words("source.one_of_several", title=name, id=source) if several else name

    def in_order(self, rows: Iterable[dict[str, Any]]) -> list[dict[str, Any]]:
        """Rows about sources, in the order in which the programme declares them."""
        order = {each.id: place for place, each in enumerate(self.programme.sources)}
        return sorted(rows, key=lambda row: order.get(row["source"], len(order)))

    def question(self, name: str) -> str:
        """A question's words; a reason that lies in no one question is about the whole row."""
        if not name:
            return self.words("quality.whole_row")
        for form in self.programme.forms.values():
            if name in form.questions:
                return self.text(form.questions[name].title)
        return self.words.of_code("field", name)

    def of_everything(self, caption: str) -> str:
        """What arrived is told of the whole programme; a report on a part of it says so."""
        return caption if self.scope.by == "programme" else self.words("caption.of_everything", caption=caption)

    def breakdown(self, by: str) -> str:
        """What a column's groups are: the words of its question, derived column or size class."""
        rule = self.programme.size_rule
        if rule is not None and by == rule.at_registration:
            return self.text(rule.title)
        asked = self.programme.questions.get(by) or self.programme.derived.get(by)
        return self.text(asked.title) if asked is not None else by

    def is_log(self, indicator: str) -> bool:
        """Whether an indicator is measured as a logarithm."""
        return is_logarithm(self.programme.indicators[indicator], self.programme)

    def data_day(self, moment: datetime | None) -> str:
        """The day of a pull, where the programme is; a dash when there was none."""
        if moment is None:
            return self.words("number.dash")
        return self.numbers.day(moment.astimezone(ZoneInfo(self.programme.time_zone)).date())

    @property
    def data_as_of(self) -> datetime | None:
        """The day up to which every source has been read: the earliest of their last successes."""
        moments: list[datetime] = self.facts.pulls["data_as_of"].drop_nulls().to_list()
        return min(moments, default=None)

    @property
    def period(self) -> Period:
        """The reporting period."""
        return next(each for each in self.programme.periods if each.id == self.scope.period)

    @property
    def build(self) -> dict[str, Any]:
        """What the warehouse was made from: the one row of Build."""
        return self.facts.build.row(0, named=True)

    @property
    def scope_title(self) -> str:
        """What the report is about."""
        if self.scope.by == "programme":
            return self.words("cover.scope_programme")
        return self.group(self.scope.by, self.scope.group)

    @property
    def models(self) -> Iterator[str]:
        """The indicators estimated by a model over all rounds."""
        return (name for name, each in self.programme.indicators.items() if each.statistic in MODELS)
