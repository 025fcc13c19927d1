"""`impact estimate` as a person runs it: files in, JSON out, mistakes in a sentence."""

import dataclasses
import json
import os
import re
import subprocess
import sys
from pathlib import Path
from typing import get_args

import polars as pl
import pytest

from flows.settings import ROOT
from flows.studies import estimated
from transforms.errors import UserError
from transforms.regression.errors import Correction, Kind
from transforms.studies.adjusted import Adjustment
from transforms.studies.reading import study_of
from transforms.studies.result import Arm, Dropped, Joint
from transforms.studies.spec import Columns, Computed, Estimate, Margin, Method, QValues, Study

REFERENCE = ROOT / "tests" / "reference"
SPEC = '[[estimates]]\nname = "m"\nmethod = "mean"\noutcomes = ["y"]\n'


def run(*arguments: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "flows.cli", "estimate", *arguments]
    environment = os.environ | {"PYTHONPATH": str(ROOT), "COLUMNS": "200"}
    return subprocess.run(command, env=environment, capture_output=True, text=True)


@pytest.mark.parametrize(
    ("data", "spec", "value"),
    [
        ("jtrain.csv", "jtrain.toml", -0.252),
        ("nsw.csv", "nsw.toml", 4554.801),
        ("api_apistrat.csv", "api_strat.toml", 662.287),
    ],
)
def test_the_command_estimates_published_studies_from_two_files(data, spec, value):
    done = run("--data", str(REFERENCE / data), "--spec", str(REFERENCE / spec))
    assert (done.returncode, done.stderr) == (0, "")
    assert round(json.loads(done.stdout)["estimates"][0]["terms"][0]["value"], 3) == value


def test_a_mistake_ends_with_one_sentence_and_no_traceback(tmp_path):
    (tmp_path / "s.toml").write_text(SPEC.replace('"y"', '"yy"'), encoding="utf-8")
    (tmp_path / "d.csv").write_text("y\n1\n2\n", encoding="utf-8")
    done = run("--data", str(tmp_path / "d.csv"), "--spec", str(tmp_path / "s.toml"))
    assert done.returncode == 1
    assert done.stderr.strip().endswith("there is no column 'yy'. Names that come close: y.")
    assert "Traceback" not in done.stderr


@pytest.fixture
def written(tmp_path: Path):
    """The paths of a table in a format and of a specification of its mean."""

    def write(ending: str, table: pl.DataFrame) -> tuple[Path, Path]:
        data, spec = tmp_path / f"d{ending}", tmp_path / "s.toml"
        spec.write_text(SPEC, encoding="utf-8")
        match ending:
            case ".parquet":
                table.write_parquet(data)
            case ".tsv":
                table.write_csv(data, separator="\t")
            case _:
                table.write_csv(data)
        return data, spec

    return write


@pytest.mark.parametrize("ending", [".csv", ".tsv", ".parquet"])
def test_every_format_gives_the_same(written, ending):
    found = json.loads(estimated(*written(ending, pl.DataFrame({"y": [1.0, None, 4.0]}))))
    assert (found["rows"], found["estimates"][0]["rows"]) == (3, 2)
    assert found["estimates"][0]["terms"][0]["value"] == 2.5


@pytest.mark.parametrize("missing", ["NA", ".", ""])
def test_what_stands_for_no_answer_is_unknown(tmp_path, written, missing):
    data, spec = written(".csv", pl.DataFrame({"y": [1.0]}))
    data.write_text(f"y,x\n1,a\n{missing},b\n4,c\n", encoding="utf-8")
    assert json.loads(estimated(data, spec))["estimates"][0]["terms"][0]["value"] == 2.5


def test_other_formats_and_missing_files_say_what_to_do(written, tmp_path):
    data, spec = written(".csv", pl.DataFrame({"y": [1.0]}))
    with pytest.raises(UserError, match=r"Names that come close: d\.csv"):
        estimated(tmp_path / "dd.csv", spec)
    with pytest.raises(UserError, match="there is no such file"):
        estimated(data, tmp_path / "none.toml")
    stata = data.rename(tmp_path / "d.dta")
    with pytest.raises(UserError, match=r"kind \.dta are not read.*export delimited"):
        estimated(stata, spec)


def test_an_empty_table_and_broken_toml_are_said(written, tmp_path):
    data, spec = written(".csv", pl.DataFrame({"y": [1.0]}))
    spec.write_text("[[estimates]\n", encoding="utf-8")
    with pytest.raises(UserError, match="not valid TOML"):
        estimated(data, spec)
    spec.write_text(SPEC, encoding="utf-8")
    data.write_text("y\n", encoding="utf-8")
    with pytest.raises(UserError, match="the table has no row"):
        estimated(data, spec)


def test_the_order_of_rows_changes_no_digit(tmp_path):
    data = pl.read_csv(REFERENCE / "awkward" / "panel.csv")
    spec = tmp_path / "s.toml"
    spec.write_text(
        '[columns]\nunit = "unit"\nround = "round"\ncluster = "village"\nweight = "weight"\n'
        '[[estimates]]\nname = "a"\noutcomes = ["y"]\nterms = ["treated", "x"]\nabsorb = ["unit", "round"]\n'
        '[[estimates]]\nname = "b"\nmethod = "poisson"\noutcomes = ["count"]\nterms = ["treated"]\nabsorb = ["unit"]\n'
        'errors = "cr1"\n',
        encoding="utf-8",
    )
    made = []
    for seed in range(2):
        path = tmp_path / "d.csv"
        data.sample(fraction=1, shuffle=True, seed=seed).write_csv(path)
        made.append(estimated(path, spec))
    assert made[0] == made[1]


def test_every_specification_in_the_docs_is_sound():
    page = (ROOT / "docs" / "estimate.md").read_text(encoding="utf-8")
    blocks = re.findall(r"^( *)```toml\n(.*?)^ *```", page, re.DOTALL | re.MULTILINE)
    assert len(blocks) > 5
    for indent, block in blocks:
        text = re.sub(f"^{indent}", "", block, flags=re.MULTILINE)
        study_of(text if "[[estimates]]" in text else text + SPEC, "docs/estimate.md")


def test_the_docs_explain_every_field_key_and_choice():
    page = (ROOT / "docs" / "estimate.md").read_text(encoding="utf-8")
    explained = set(re.findall(r"[a-z0-9_]+", " ".join(re.findall(r"`[^`\n]+`|```.*?```", page, re.DOTALL))))
    fields = {name for model in (Study, Columns, Computed, Estimate, Margin) for name in model.model_fields}
    made = {field.name for each in (Arm, Joint, Dropped) for field in dataclasses.fields(each)}
    choices = {str(each) for kind in (Kind, Correction, Method, QValues, Adjustment) for each in get_args(kind)}
    output = json.loads(estimated(REFERENCE / "nsw.csv", REFERENCE / "nsw.toml"))
    keys = {*output, *output["estimates"][0], *output["estimates"][0]["terms"][0]}
    assert (fields | made | choices | keys) - explained == set()
