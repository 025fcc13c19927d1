import json
from pathlib import Path

import polars as pl
import pytest

REFERENCE = Path(__file__).parents[2] / "reference"


@pytest.fixture(scope="session")
def awkward() -> pl.DataFrame:
    """An unbalanced panel with units seen once, weights, and enumerators who cross villages."""
    return pl.read_csv(REFERENCE / "awkward" / "panel.csv").with_columns(
        region_round=pl.format("{}^{}", "region", "round")
    )


@pytest.fixture(scope="session")
def expected() -> dict[str, dict[str, list[float]]]:
    """What statsmodels and pyfixest make of it; their versions and the models stand in the file and in make.py."""
    return json.loads((REFERENCE / "awkward" / "expected.json").read_text(encoding="utf-8"))
