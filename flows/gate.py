"""What the quality gate says of reports: evaluated each time that one is asked for, on unchanged input too."""

import os
import pwd
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from hashlib import sha256

from flows.declared import archive_of, programme_named, warehouse_of
from flows.disclosed import facts_about, periods_with_people
from flows.releasing import release_of
from flows.settings import settings
from flows.stores.archive import GATE, Request
from flows.stores.warehouse import Reader
from reports.facts import Facts
from reports.scope import Scope
from transforms.errors import UserError
from transforms.gate import Evidence, Judgement, Published, judge, published_by
from transforms.programme import Language, Programme

_LETTERS = 12


class HeldError(UserError):
    """A report that the gate holds: the last good one stays."""

    exit_code = 3


@dataclass(frozen=True)
class Judged:
    """One scope's facts, what the gate found of them, and what they publish."""

    scope: Scope
    facts: Facts
    judgement: Judgement
    published: Published

    def request(self, programme: Programme, language: Language, warehouse: str) -> Request:
        """The report in one language; another one as soon as the gate says something else."""
        told = [(each.rule, each.source, each.round, each.arm, each.indicator) for each in self.judgement.reasons]
        reasons = sha256(repr(told).encode()).hexdigest()[:_LETTERS] if told else ""
        return Request(programme.id, self.scope, language, warehouse, self.judgement.verdict, reasons)


def judged(reader: Reader, programme: Programme, scope: Scope) -> Judged:
    """What the gate says now of a report on one scope from an open warehouse."""
    facts, archive, warehouse = facts_about(reader, scope, programme), archive_of(programme), warehouse_of(programme)
    published = published_by(facts.estimates, facts.balance, programme)
    is_newest = warehouse.current() == reader.path
    evidence = Evidence(
        at=datetime.now(UTC) if is_newest else facts.build["built_at"][0],
        pulls=facts.pulls,
        funnel=facts.funnel,
        balance=facts.balance,
        now=published,
        before=archive.last_final(programme.id, scope),
        failed_check=is_newest and bool(warehouse.failed_check),
        accepted=archive.is_accepted(reader.path.stem),
        known_too_well=release_of(reader, programme).about.known_too_well,
    )
    return Judged(scope, facts, judge(evidence, programme, _rounds(programme, scope)), published)


def check_not_held(held: Sequence[Judged], programme: Programme) -> None:
    """Raises HeldError where a report is held back."""
    if held:
        scopes = "; ".join(f"{_about(each.scope)}: {_rules(each.judgement)}" for each in held)
        raise HeldError(
            f"{programme.id}: held by the quality gate, so the last good report stays the newest. {scopes}. "
            f"See each rule: impact gate {programme.id}"
        )


def gate_table(programme: str, period: str | None = None) -> tuple[list[dict[str, object]], list[str]]:
    """Every rule with value, limit and verdict, of each period's report on the whole programme; and the verdicts."""
    declared = programme_named(programme)
    with warehouse_of(declared).open() as reader:
        periods = [period] if period else periods_with_people(reader, declared)
        found = [judged(reader, declared, Scope(period=each)) for each in periods]
    rows = [{"period": each.scope.period, **row} for each in found for row in each.judgement.rows()]
    return rows, [f"{each.scope.period}: {each.judgement.verdict}" for each in found]


def accept_moves(programme: str, reason: str) -> str:
    """Keeps that a person has found the moves of the current warehouse's headlines right; its version."""
    declared = programme_named(programme)
    if not reason.strip():
        raise UserError("--accept is empty. Say why the figures are right.")
    current = warehouse_of(declared).current()
    if current is None:
        raise UserError(f"{programme}: there is no warehouse yet. Run: impact refresh {programme}")
    archive_of(declared).accept(current.stem, pwd.getpwuid(os.getuid()).pw_name, " ".join(reason.split()))
    return f"{programme}: accepted for {current.stem}; kept in {settings().published(programme) / GATE}"


def _rounds(programme: Programme, scope: Scope) -> list[str]:
    """The follow-ups up to the one reported on."""
    rounds = [each.id for each in programme.rounds]
    last = rounds.index(scope.round) if scope.round else len(rounds) - 1
    return rounds[1 : last + 1]


def _about(scope: Scope) -> str:
    place = "" if scope.by == "programme" else f", {scope.by} {scope.group}"
    return f"period {scope.period}{place}"


def _rules(judgement: Judgement) -> str:
    held = [each for each in judgement.reasons if each.verdict == "hold"]
    return ", ".join(dict.fromkeys(f"{each.rule}{_of(each.source or each.indicator or each.round)}" for each in held))


def _of(what: str) -> str:
    return f" ({what})" if what else ""
