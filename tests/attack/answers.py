"""What every published figure together says of a single person's answer, to somebody who knows all else.

The attacker holds all files of all nights and knows the register as it stood each night: who was counted where, who had
answered, who was new, left or was corrected. Only the answers are not known. Each figure is then an equation: a sum of
unknown answers, to within its rounding. What the equations allow of one answer is an interval, and two linear
programmes give it exactly; no chain of subtractions finds more.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

import numpy as np
import polars as pl
from scipy.optimize import linprog
from scipy.sparse import csr_array

from tests.attack.nights import Seen
from tests.attack.village import MOST_HOURS, Person

ANSWERS = ("online", "hours")
MOST = {"online": 1.0, "hours": float(MOST_HOURS)}
CLOSE = 0.2
"""An answer is known that lies surely within this of the truth; a yes or no that can be nothing else."""
SLACK = 1e-9


@dataclass(frozen=True)
class State:
    """One answer of one person: to which question, at which round, and what it was."""

    person: str
    question: str
    round: str
    answer: int


@dataclass(frozen=True)
class Equation:
    """A figure: what these answers add up to, each with its sign, lies between two numbers."""

    signs: dict[State, float]
    low: float
    high: float


@dataclass(frozen=True)
class Known:
    """What the attacker found of one answer: its bounds."""

    state: State
    low: float
    high: float

    @property
    def is_breach(self) -> bool:
        """Whether the answer is as good as told."""
        if self.state.question == "online":
            return self.low > SLACK or self.high < 1 - SLACK
        middle = (self.low + self.high) / 2
        return (self.high - self.low) / 2 + abs(middle - self.state.answer) <= CLOSE * max(self.state.answer, 1)


def attacked(seen: list[Seen], question: str, most: int | None = None) -> list[Known]:
    """The bounds of every answer that came, went or was corrected after the first night; of at most so many."""
    equations = _Equations(list(_equations(seen, question)))
    first = set(_states(seen[0].people, question))
    last = set(_states(seen[-1].people, question))
    ever = {state for night in seen for state in _states(night.people, question)}
    moved = sorted(ever - (first & last), key=lambda each: (each.person, each.round, each.answer))
    chosen = moved if most is None else moved[:: max(1, len(moved) // max(most, 1))][:most]
    return [Known(state, *equations.bounds(state)) for state in chosen]


def _states(people: dict[str, Person], question: str) -> Iterator[State]:
    for person in people.values():
        yield from _of_person(person, question).values()


def _of_person(person: Person, question: str) -> dict[str, State]:
    place = ANSWERS.index(question)
    told = {"registration": person.before, "m6": person.after}
    return {
        name: State(person.id, question, name, answer[place]) for name, answer in told.items() if answer is not None
    }


def _equations(seen: list[Seen], question: str) -> Iterator[Equation]:
    """Every figure that was ever shown, once."""
    figures = pl.concat([each.figures for each in seen]).filter(
        pl.col("indicator") == question, pl.col("visibility") != "suppressed"
    )
    for row in figures.unique().sort(figures.columns).to_dicts():
        yield _equation(row, seen[int(row["night"])].people)


def _equation(figure: dict[str, object], register: dict[str, Person]) -> Equation:
    signs: dict[State, float] = {}
    counted = 0
    for person in register.values():
        if person.groups[str(figure["by"])] != figure["group"]:
            continue
        told = _of_person(person, str(figure["indicator"]))
        wanted = ("registration", "m6") if figure["quantity"] == "change" else (str(figure["round"]),)
        if not all(name in told for name in wanted):
            continue
        counted += 1
        for name in wanted:
            signs[told[name]] = -1.0 if name == "registration" and len(wanted) > 1 else 1.0
    if counted != figure["n"]:
        raise AssertionError(f"the attacker counts {counted} where the figure says {figure['n']}: {figure}")
    low, high = _sums(figure, counted)
    truth = sum(sign * state.answer for state, sign in signs.items())
    if not low - 1e-6 <= truth <= high + 1e-6:
        raise AssertionError(f"the truth {truth} does not lie in {low} to {high}: {figure}")
    return Equation(signs, low, high)


def _sums(figure: dict[str, object], n: int) -> tuple[float, float]:
    """Between which numbers the sum lies that a figure was made from."""
    value, bound, numerator = figure["value"], figure["bound"], figure["numerator"]
    if figure["visibility"] == "bottom_coded":
        return 0.0, min(2.0, float(bound) * n)  # type: ignore[arg-type]
    if figure["visibility"] == "top_coded":
        return max(n - 2.0, float(bound) * n), float(n)  # type: ignore[arg-type]
    if numerator is not None:
        return float(numerator), float(numerator)  # type: ignore[arg-type]
    number = float(value)  # type: ignore[arg-type]
    half = _half_a_digit(number, str(figure["indicator"]), str(figure["quantity"]))
    return (number - half) * n, (number + half) * n


def _half_a_digit(number: float, question: str, quantity: str) -> float:
    """How far rounding may have moved a figure."""
    if question == "online":
        return 0.0005 if quantity == "change" else 0.005
    if abs(number) >= 0.1 or number == 0:
        return 0.0005
    return float(0.5 * 10.0 ** (np.floor(np.log10(abs(number))) - 2))


@dataclass
class _Equations:
    """Answers that are in the same figures are alike: only their sum can be known, so they are one unknown."""

    equations: list[Equation]
    kind: dict[State, int] = field(init=False)
    members: dict[int, list[State]] = field(init=False)
    found: dict[tuple[int, str], tuple[float, float]] = field(init=False, default_factory=dict)

    def __post_init__(self) -> None:
        columns: dict[State, list[tuple[int, float]]] = {}
        for row, equation in enumerate(self.equations):
            for state, sign in equation.signs.items():
                columns.setdefault(state, []).append((row, sign))
        kinds: dict[tuple[tuple[int, float], ...], int] = {}
        self.kind = {state: kinds.setdefault(tuple(column), len(kinds)) for state, column in columns.items()}
        self.members = {}
        for state, kind in self.kind.items():
            self.members.setdefault(kind, []).append(state)
        entries = [(row, kind, sign) for column, kind in kinds.items() for row, sign in column]
        rows, cols, values = zip(*entries, strict=True) if entries else ((), (), ())
        shape = (len(self.equations), len(kinds))
        matrix = csr_array((np.array(values), (np.array(rows, int), np.array(cols, int))), shape=shape)
        low, high = (np.array([getattr(each, end) for each in self.equations]) for end in ("low", "high"))
        self._matrix = csr_array(np.vstack([matrix.toarray(), -matrix.toarray()]))
        self._limits = np.concatenate([high, -low]) + 1e-7

    def bounds(self, state: State) -> tuple[float, float]:
        """Between which numbers an answer must lie."""
        most = MOST[state.question]
        if state not in self.kind:
            return 0.0, most
        kind = self.kind[state]
        others = (len(self.members[kind]) - 1) * most
        low, high = self._of_kind(kind, state.question)
        return max(0.0, low - others), min(most, high)

    def _of_kind(self, kind: int, question: str) -> tuple[float, float]:
        """Between which numbers the sum of all answers of a kind lies."""
        if (kind, question) not in self.found:
            ranges = [(0.0, MOST[question] * len(self.members[each])) for each in range(len(self.members))]
            ends = []
            for direction in (1.0, -1.0):
                wanted = np.zeros(len(ranges))
                wanted[kind] = direction
                solved = linprog(wanted, A_ub=self._matrix, b_ub=self._limits, bounds=ranges, method="highs")
                if solved.status != 0:
                    raise AssertionError(f"the attacker's equations have no solution: {solved.message}")
                ends.append(direction * solved.fun)
            self.found[kind, question] = (ends[0], ends[1])
        return self.found[kind, question]


def breaches(known: Iterable[Known]) -> list[Known]:
    """The answers that are as good as told."""
    return [each for each in known if each.is_breach]
