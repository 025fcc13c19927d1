"""Attacks thirty nights of published files by subtraction: `make attack`.

Prints, for the policy and for the controls, how many hidden counts and answers were attacked, how many were found out,
and how much is shown. Ends with code 1 when the policy lets anything out, or a control does not.
"""

import argparse
import sys
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from tests.attack import answers, counts
from tests.attack.nights import POLICY, WAYS, Seen, nights

NIGHTS, SEED = 30, 2569
DOCS = Path(__file__).parents[2] / "docs" / "disclosure.md"
BEGIN, END = "<!-- attack: made by the program, not by hand -->", "<!-- end of attack -->"
OF_CONTROLS = 40
"""Answers of each question that are attacked in a control: there an hour would show no more."""
HEADINGS = (
    "published by",
    "figures",
    "hidden counts",
    "found out",
    "answers",
    "found out",
    "shown, first",
    "shown, mean",
)


@dataclass(frozen=True)
class Attacked:
    """What came of attacking one way of publishing. `shown`: figures shown, night by night."""

    figures: int
    counts: int
    counts_found: int
    answers: int
    answers_found: int
    shown: list[int]


def attack(seen: list[Seen], most: int | None = None) -> Attacked:
    """Attacks all that one way has published; at most so many answers of each question."""
    hidden = list(counts.attacked(seen))
    known = [each for question in answers.ANSWERS for each in answers.attacked(seen, question, most)]
    return Attacked(
        figures=sum(each.shown for each in seen),
        counts=len(hidden),
        counts_found=sum(each.is_breach for each in hidden),
        answers=len(known),
        answers_found=len(answers.breaches(known)),
        shown=[each.shown for each in seen],
    )


def line(way: str, found: Attacked, primary: list[int]) -> str:
    """One way's line; shares are of what primary suppression alone shows."""
    shares = [mine / theirs for mine, theirs in zip(found.shown, primary, strict=True)]
    numbers = (found.figures, found.counts, found.counts_found, found.answers, found.answers_found)
    told = [way, *(f"{each:,}" for each in numbers), f"{shares[0]:.2f}", f"{sum(shares) / len(shares):.2f}"]
    return f"| {' | '.join(told)} |"


def main(arguments: Sequence[str] | None = None) -> int:
    """Prints the table; 1 when the policy was found wanting, or the attack was."""
    parser = argparse.ArgumentParser(prog="python -m tests.attack", description=__doc__.splitlines()[0])
    parser.add_argument("--nights", type=int, default=NIGHTS, help="how many (default: %(default)s)")
    parser.add_argument("--seed", type=int, default=SEED, help="of the made-up people (default: %(default)s)")
    parser.add_argument("--write", action="store_true", help="put the table into docs/disclosure.md")
    asked = parser.parse_args(arguments)
    with tempfile.TemporaryDirectory(prefix="impact-attack-") as folder:
        seen = nights(asked.nights, asked.seed, Path(folder))
    found = {way: attack(each, None if way == POLICY else OF_CONTROLS) for way, each in seen.items()}
    primary, _ = (found[way].shown for way in WAYS)
    rule = "| :--- |" + " ---: |" * (len(HEADINGS) - 1)
    lines = [line(way, each, primary) for way, each in found.items()]
    table = "\n".join([f"| {' | '.join(HEADINGS)} |", rule, *lines, ""])
    sys.stdout.write(table)
    if asked.write:
        _write(f"{asked.nights} nights, seed {asked.seed}:\n\n{table}")
    policy = found[POLICY]
    blunt = [way for way in WAYS if not found[way].answers_found]
    return int(bool(policy.counts_found or policy.answers_found or blunt))


def _write(told: str) -> None:
    before, rest = DOCS.read_text(encoding="utf-8").split(BEGIN)
    _, after = rest.split(END)
    DOCS.write_text(f"{before}{BEGIN}\n{told}{END}{after}", encoding="utf-8")


if __name__ == "__main__":
    sys.exit(main())
