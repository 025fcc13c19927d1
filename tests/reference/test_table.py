"""The project reproduces every number of expected.toml."""

import subprocess
import sys

from flows.settings import ROOT
from tests.reference.table import Number, numbers


def test_every_reference_number_is_reproduced():
    rows = list(numbers())
    assert len(rows) > 60
    assert [each for each in rows if not each.matches] == []


def test_a_text_is_held_to_its_digits_and_a_number_to_a_relative_hundred_millionth():
    assert Number("", "", "-0.080", -0.0804).matches
    assert not Number("", "", "-0.080", -0.0806).matches
    assert Number("", "", 100.0, 100.0000009).matches
    assert not Number("", "", 100.0, 100.000002).matches
    assert not Number("", "", 100.0, float("nan")).matches


def test_the_table_is_printed_with_its_verdict():
    done = subprocess.run([sys.executable, "-m", "tests.reference"], cwd=ROOT, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout
    assert done.stdout.splitlines()[-1].endswith("numbers match: 100.0 %")
