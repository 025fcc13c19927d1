from pathlib import Path

import polars as pl
import pytest

API = Path(__file__).parents[2] / "reference" / "api_apiclus1.csv"


@pytest.fixture(scope="session")
def api_schools() -> pl.DataFrame:
    """One row a school of the cluster sample of districts; see tests/reference/README.md."""
    return pl.read_csv(API, null_values="NA")
