import json
from pathlib import Path

import polars as pl
import pytest

from transforms.studies.estimating import results
from transforms.studies.reading import check_columns, study_of
from transforms.studies.telling import told

REFERENCE = Path(__file__).parents[2] / "reference"


@pytest.fixture
def estimate():
    """The estimates that a specification, in TOML, makes of a table."""

    def run(table: pl.DataFrame, spec: str) -> list[dict]:
        study = study_of(spec, "spec.toml")
        check_columns(study, table.columns, "spec.toml")
        return told(study, *results(table, study))["estimates"]

    return run


@pytest.fixture(scope="session")
def awkward() -> pl.DataFrame:
    return pl.read_csv(REFERENCE / "awkward" / "panel.csv")


@pytest.fixture(scope="session")
def expected() -> dict:
    return json.loads((REFERENCE / "awkward" / "expected.json").read_text(encoding="utf-8"))
