"""The reference table: every number of expected.toml beside what the project's own functions compute."""

import json
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl

from flows.studies import estimated
from transforms.estimators import inequality, power, proportion
from transforms.estimators.multiple_testing import with_q_values

HERE = Path(__file__).parent
CLOSE = 1e-8
LEVEL = 0.05


@dataclass(frozen=True)
class Number:
    """One row of the table. `expected` as written: a text is held to its digits, a number to a relative 1e-8."""

    source: str
    what: str
    expected: str | float
    computed: float

    @property
    def shown(self) -> str:
        """What was computed, with the digits that it is held to."""
        if isinstance(self.expected, str):
            return f"{self.computed:.{len(self.expected.partition('.')[2])}f}"
        return f"{self.computed:.12g}"

    @property
    def matches(self) -> bool:
        """Whether they are the same."""
        if isinstance(self.expected, str):
            return self.shown == self.expected
        return abs(self.computed - self.expected) <= CLOSE * abs(self.expected)


def numbers() -> Iterator[Number]:
    """Every row of the table."""
    expected = tomllib.loads((HERE / "expected.toml").read_text(encoding="utf-8"))
    for study in expected["studies"]:
        for number in study["numbers"]:
            yield from _of_study(study, number)
    for declared in expected["functions"]:
        for call in declared["calls"]:
            found = FUNCTIONS[declared["function"]](call["arguments"])
            for place, (wanted, computed) in enumerate(zip(call["found"], found, strict=True)):
                side = (", low", ", high")[place] if len(found) == 2 else ""
                yield Number(declared["source"], call["what"] + side, wanted, computed)


def _of_study(study: dict[str, Any], number: dict[str, Any]) -> Iterator[Number]:
    name, part, *term = number["at"]
    found: dict[str, Any] = next(
        each
        for each in _estimates(study["data"], study["spec"])
        if each["estimate"] == name and part in (each["outcome"], each["domain"])
    )
    if term:
        found = next(each for each in found["terms"] if each["term"] == term[0])
    for field in (each for each in number if each != "at"):
        yield Number(study["source"], f"{name}, {', '.join([part, *term])}: {field}", number[field], found[field])


@cache
def _estimates(data: str, spec: str) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = json.loads(estimated(HERE / data, HERE / spec))["estimates"]
    return found


def _interval(arguments: list[int]) -> tuple[float, float]:
    """What is published of a share."""
    successes, n = arguments
    share = pl.DataFrame({"n": [n], "value": [successes / n], "variance": [None], "df": [None]})
    return proportion.with_interval(share, clustered=False).select("low", "high").row(0)  # type: ignore[return-value]


def _wilson(arguments: list[int]) -> tuple[float, float]:
    low, high = proportion.wilson(*(pl.lit(float(each)) for each in arguments))
    return pl.select(low.alias("low"), high.alias("high")).row(0)  # type: ignore[return-value]


def _rejections(arguments: list[float]) -> tuple[float]:
    tested = with_q_values(pl.DataFrame({"p_value": arguments, "family": "all"}), ["family"])
    return (float((tested["q_value"] <= LEVEL).sum()),)


FUNCTIONS = {
    "interval": _interval,
    "wilson": _wilson,
    "clopper_pearson": lambda arguments: proportion.clopper_pearson(*arguments),
    "rejections": _rejections,
    "gini": lambda amounts: (inequality.gini(np.array(amounts, dtype=np.float64))(np.ones(len(amounts))),),
    "people_needed": lambda arguments: (power.people_needed(*arguments),),
}
"""What expected.toml calls, by the name it has there."""
