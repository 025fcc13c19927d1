import polars as pl
import pytest

from benchmarks.estimates import cells, release
from benchmarks.estimates.__main__ import lines
from benchmarks.stage import Measured
from transforms.estimators.difference_in_differences import difference

FEW = 40


@pytest.fixture(scope="module")
def rows(tmp_path_factory) -> pl.DataFrame:
    folder = tmp_path_factory.mktemp("cells")
    cells.make(folder, FEW)
    return pl.read_parquet(folder / cells.FILE)


def test_every_cell_is_what_the_estimator_says_of_it_alone(rows):
    found = cells.ours(rows).sort("cell")
    assert found.height == FEW
    for cell in (0, FEW - 1):
        part = rows.filter(cell=cell)
        alone, form = difference(part["after"] - part["before"], part["cluster"], part["treated"])
        said = found.row(cell, named=True)
        assert form == "cr2"
        for name in ("value", "standard_error", "df", "p_value"):
            assert said[name] == pytest.approx(getattr(alone, name), rel=1e-10)
        assert said["q_value"] >= said["p_value"]


def test_the_model_of_a_cell_has_the_same_effect(rows):
    both = cells.by_models(rows, FEW).join(cells.ours(rows), on="cell", suffix="_ours")
    assert both.height == FEW
    assert (both["value"] - both["value_ours"]).abs().max() < 1e-10


def test_the_release_has_its_areas_and_subgroups(tmp_path):
    release.make(tmp_path, 6_000)
    found = release.ours(tmp_path)
    assert found["indicator"].n_unique() == release.INDICATORS == len(release.indicators())
    groups = found.group_by("by").agg(pl.col("group").n_unique())
    counted = {str(by): many for by, many in groups.iter_rows()}
    assert counted == {"programme": 1, "area": release.AREAS, **release.SUBGROUPS}
    assert len(release.bare(tmp_path)) == len(counted)


def test_an_aim_is_met_by_seconds_and_memory():
    bare, slow, large = Measured(1, 2, 0.5), Measured(3.1, 4, 0.5), Measured(2.9, 4, 4.1)
    for ours, met in ((slow, "no"), (large, "no"), (Measured(2.9, 4, 3.9), "yes")):
        assert list(lines("release", "a release", {"bare": bare, "ours": ours}))[1][-1] == met
