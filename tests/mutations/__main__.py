"""Writes each declared fault into a copy of the tree and runs the tests that should notice it.

`python -m tests.mutations` prints a line a fault, killed or survived, and exits with 1 when one survives or could not
be tried. The tests must pass without a fault first.
"""

import argparse
import os
import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from tests.mutations.declared import MUTATIONS, ROOT, Mutation

COPIED = ("benchmarks", "flows", "programmes", "reports", "sql", "tests", "transforms")
TESTS = (
    "tests/transforms/test_measure.py",
    "tests/transforms/disclosure/test_primary.py",
    "tests/transforms/test_estimate.py",
    "tests/transforms/estimating",
    "tests/transforms/estimators",
)
"""The fast part of the suite that the faults concern, the quickest first."""
AT_ONCE = 2
PASSED, FAILED = 0, 1
"""pytest's exit codes; any other says that the tests did not run."""


def tried(mutation: Mutation | None) -> tuple[int, str]:
    """pytest's exit code on a copy with the fault, and the first test that failed; None is no fault."""
    with tempfile.TemporaryDirectory(prefix="impact-mutation-") as temporary:
        copy = Path(temporary)
        for name in COPIED:
            shutil.copytree(ROOT / name, copy / name, ignore=shutil.ignore_patterns("__pycache__"))
        shutil.copy(ROOT / "pyproject.toml", copy)
        for edit in mutation.edits if mutation else ():
            edit.apply(copy)
        options = ("-x", "-q", "-p", "no:cacheprovider", "-o", "addopts=--import-mode=importlib", "-m", "not load")
        places = {"PYTHONPATH": temporary, "PYTHONDONTWRITEBYTECODE": "1", "POLARS_MAX_THREADS": "1"}
        done = subprocess.run(
            [sys.executable, "-m", "pytest", *options, *TESTS],
            cwd=copy,
            env=os.environ | places,
            capture_output=True,
            text=True,
            check=False,
        )
    first = re.search(r"^(?:FAILED|ERROR) (\S+)", done.stdout, re.MULTILINE)
    return done.returncode, first[1] if first else done.stdout[-2000:] + done.stderr[-2000:]


def verdict(mutation: Mutation) -> tuple[bool, str]:
    """Whether the fault was noticed, and a line that says by what."""
    for edit in mutation.edits:
        if edit.occurrences() != 1:
            return False, f"STALE     {mutation.name}: {edit.file} has not once, exactly: {edit.text}"
    code, said = tried(mutation)
    if code == FAILED:
        return True, f"killed    {mutation.name}: by {said}"
    if code == PASSED:
        return False, f"SURVIVED  {mutation.name}: nothing notices that {mutation.breaks}"
    return False, f"NOT RUN   {mutation.name}: {said}"


def main(arguments: Sequence[str] | None = None) -> int:
    """Prints a line a fault; 1 when one is not noticed."""
    parser = argparse.ArgumentParser(prog="python -m tests.mutations", description=__doc__.splitlines()[0])
    parser.add_argument("names", nargs="*", help="only the faults whose name contains one of these words")
    wanted = parser.parse_args(arguments).names
    chosen = [each for each in MUTATIONS if not wanted or any(word in each.name for word in wanted)]
    code, said = tried(None)
    if code != PASSED:
        sys.stdout.write(f"Without any fault the tests fail already: {said}\n")
        return 1
    noticed = 0
    with ThreadPoolExecutor(AT_ONCE) as pool:
        for killed, line in pool.map(verdict, chosen):
            noticed += killed
            sys.stdout.write(f"{line}\n")
            sys.stdout.flush()
    sys.stdout.write(f"{noticed} of {len(chosen)} faults noticed.\n")
    return 0 if noticed == len(chosen) > 0 else 1


if __name__ == "__main__":
    raise SystemExit(main())
