"""Whether each method holds what it promises, on data whose truth is known: `make simulate`.

2,000 replications of each (`ARGS="--replications 20000"` for more), all estimated in one call by the functions that
are shipped. Prints the table, keeps it in docs/validation.md, and exits with 1 when a bound is broken. Controls are
wrong ways to compute, which must break theirs: else the table could not tell right from wrong.
"""

import argparse
import sys
import time
from collections.abc import Iterator, Sequence

import numpy as np

from benchmarks.documents import DOCS, machine, replace_section, table
from benchmarks.simulation import designs, effects, families, inequality, levels, missing, shares
from benchmarks.simulation.finding import Finding

MODULES = (levels, shares, effects, families, missing, designs, inequality)
REPLICATIONS = 2_000
SEED = 2569


def simulated(replications: int) -> Iterator[Finding]:
    """Every simulation's findings, each from a seed of its own."""
    for place, module in enumerate(MODULES):
        for number, simulation in enumerate(module.SIMULATIONS):
            yield from simulation(np.random.default_rng([SEED, place, number]), replications)


def as_table(findings: Sequence[Finding]) -> str:
    """The findings as Markdown."""
    headings = ("method", "data", "of", "found", "allowed", "holds")
    return table(headings, [_cells(each) for each in findings])


def _cells(finding: Finding) -> tuple[str, ...]:
    allowed = f"{finding.low:.4f} to {finding.high:.4f}"
    if finding.control:
        return finding.method, finding.data, finding.what, f"{finding.found:.4f}", f"outside {allowed}", _said(finding)
    return finding.method, finding.data, finding.what, f"{finding.found:.4f}", allowed, _said(finding)


def _said(finding: Finding) -> str:
    return "yes" if finding.holds else "NO"


def main(arguments: Sequence[str] | None = None) -> int:
    """Prints the table and keeps it in docs/validation.md. 1 when a bound is broken."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.simulation", description=__doc__.splitlines()[0])
    parser.add_argument("--replications", type=int, default=REPLICATIONS, help="of each (default: %(default)s)")
    replications = parser.parse_args(arguments).replications
    start = time.perf_counter()
    findings = list(simulated(replications))
    seconds = time.perf_counter() - start
    rules = [each for each in findings if not each.control]
    controls = [each for each in findings if each.control]
    said = (
        f"{replications:,} replications, where a test's level is judged at least {effects.TESTS:,}. "
        f"{sum(each.holds for each in rules)} of {len(rules)} bounds hold.\n\n"
        f"{as_table(rules)}\n\n"
        f"Controls: {sum(each.holds for each in controls)} of {len(controls)} wrong ways break their bound.\n\n"
        f"{as_table(controls)}"
    )
    sys.stdout.write(f"{said}\n\n{seconds:.0f} s\n")
    if replications >= REPLICATIONS:
        replace_section(DOCS / "validation.md", "methods", f"{said}\n\nMade in {seconds:.0f} s on {machine()}")
    return 0 if all(each.holds for each in findings) else 1


if __name__ == "__main__":
    raise SystemExit(main())
