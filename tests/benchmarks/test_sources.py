import json

import polars as pl
import pytest

from benchmarks.sources.__main__ import RIVALS, offered
from benchmarks.sources.stage import measure

ROWS = 2_500


@pytest.mark.parametrize("kind", RIVALS)
def test_ours_and_the_rival_bring_all_rows_of_the_same_source(kind, tmp_path):
    with offered(kind, ROWS, tmp_path) as address:
        measure("bare", kind, address, tmp_path)
        measure("ours", kind, address, tmp_path)
        measure("again", kind, address, tmp_path)
    assert pl.scan_parquet(tmp_path / "bare.parquet").select(pl.len()).collect().item() == ROWS
    manifests = [json.loads(path.read_text()) for path in (tmp_path / "landing" / kind).glob("*-*.json")]
    assert [each["rows"] for each in manifests] == [ROWS]
