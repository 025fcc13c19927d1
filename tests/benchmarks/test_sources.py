import json

import polars as pl
import pytest

from benchmarks.sources.__main__ import RIVALS, offered
from benchmarks.sources.stage import WAYS, measure, secrets

ROWS = 2_500


@pytest.mark.parametrize("kind", RIVALS)
def test_ours_and_the_rival_bring_all_rows_of_the_same_source(kind, tmp_path, monkeypatch):
    with offered(kind, ROWS, tmp_path) as address:
        for name, value in secrets(address).items():
            monkeypatch.setenv(name, value)
        for way in ("bare", "ours", "again"):
            WAYS[way](kind, address, tmp_path)()
    assert pl.scan_parquet(tmp_path / "bare.parquet").select(pl.len()).collect().item() == ROWS
    manifests = [json.loads(path.read_text()) for path in (tmp_path / "landing" / kind).glob("*-*.json")]
    assert [each["rows"] for each in manifests] == [ROWS]


def test_a_pull_in_a_process_of_its_own_tells_its_seconds_and_its_peak(tmp_path):
    with offered("csv", ROWS, tmp_path) as address:
        found = measure("ours", "csv", address, tmp_path)
    assert found.seconds > 0
    assert 0 < found.peak_gb < 1
