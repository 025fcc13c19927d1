"""What one report is about: a programme, an area or another group, or a course session, in one period."""

from dataclasses import dataclass
from typing import Literal

from transforms.programme import Programme
from transforms.tables import EVERYONE

ScopeKind = Literal["programme", "area", "session", "subgroup"]


@dataclass(frozen=True)
class Scope:
    """One breakdown's group in one reporting period; `round` is the latest with data unless it is given."""

    period: str
    by: str = "programme"
    group: str = EVERYONE
    round: str | None = None

    def kind(self, programme: Programme) -> ScopeKind:
        """Whether the scope is everybody, an area, a session or a subgroup."""
        if self.by == "programme":
            return "programme"
        return next(breakdown.kind for breakdown in programme.breakdowns if breakdown.by == self.by)


def compared_by(scope: Scope, programme: Programme) -> str | None:
    """The breakdown whose areas a report sets side by side: the first declared, in the whole programme's report."""
    if scope.kind(programme) != "programme":
        return None
    return next((breakdown.by for breakdown in programme.breakdowns if breakdown.kind == "area"), None)
