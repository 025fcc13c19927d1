from pathlib import Path

import polars as pl
import pytest

from benchmarks import rival_pandas
from benchmarks.programme import ID, INDICATORS, declare, fill_inbox
from flows.declared import warehouse_of
from flows.pull import pull
from flows.refresh import refresh
from transforms.beside import BESIDE

KEY = ["period", "indicator", "quantity", "round", "arm", "by", "group"]
NUMBERS = ["value", "standard_error", "low", "high", "n", "n_comparison", "population", "clusters", "df"]


@pytest.fixture(scope="module")
def tables(tmp_path_factory) -> dict[str, dict[str, pl.DataFrame]]:
    """The same small programme refreshed by the pipeline and by its rival."""
    folder: Path = tmp_path_factory.mktemp("rival")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("IMPACT_STATE", str(folder / "state"))
        patch.setenv("IMPACT_PROGRAMMES", str(folder / "programmes"))
        patch.delenv("PREFECT_API_URL", raising=False)
        programme = declare(folder / "programmes" / ID)
        fill_inbox(programme, folder / "programmes" / ID, participants=900)
        pull(ID)
        refresh(ID)
        names = ("estimates", "transitions", "funnel", "balance")
        with warehouse_of(programme).open() as reader:
            ours = {name: reader.sql(f"select * from {name}") for name in names}
        # What stands beside lead figures is told of the whole programme alone: a rival would leave it out.
        ours["estimates"] = ours["estimates"].filter(~pl.col("term").is_in(BESIDE))
        theirs = rival_pandas.refresh(programme, folder / "state" / "landing" / ID, folder / "rival")
    return {"ours": ours, "theirs": {name: pl.from_pandas(theirs[name].reset_index(drop=True)) for name in names}}


def compared(tables, name: str, key: list[str], numbers: list[str]) -> pl.DataFrame:
    """Both sides' numbers, row by row, as floats; a row that only one side has is a failure."""
    sides = [
        tables[side][name].select(pl.col(key).cast(pl.String), pl.col(numbers).cast(pl.Float64).fill_nan(None))
        for side in ("ours", "theirs")
    ]
    assert sides[0].height == sides[1].height
    both = sides[0].join(sides[1], on=key, how="inner", suffix="_theirs", validate="1:1")
    assert both.height == sides[0].height
    return both


def different(both: pl.DataFrame, numbers: list[str], tolerance: float = 1e-9) -> pl.DataFrame:
    apart = [
        ~pl.col(name).eq_missing(pl.col(f"{name}_theirs"))
        & ((pl.col(name) - pl.col(f"{name}_theirs")).abs() <= tolerance * pl.col(name).abs()).fill_null(False).not_()
        # What is zero but for rounding has no relative error.
        & ((pl.col(name).abs() < 1e-15) & (pl.col(f"{name}_theirs").abs() < 1e-15)).fill_null(False).not_()
        for name in numbers
    ]
    return both.filter(pl.any_horizontal(apart))


def test_the_benchmark_has_its_indicators(tables):
    estimated = {name for table in ("estimates", "transitions") for name in tables["ours"][table]["indicator"]}
    assert len(estimated) == INDICATORS


def test_the_rival_makes_the_same_estimates(tables):
    both = compared(tables, "estimates", KEY, NUMBERS)
    assert both.height > 5_000
    assert different(both, NUMBERS).is_empty()


def test_the_rival_makes_the_same_transitions_and_funnel(tables):
    moves = ["period", "indicator", "round", "arm", "by", "group", "origin", "destination"]
    assert different(
        compared(tables, "transitions", moves, ["units", "share", "low", "high"]), ["units", "low"]
    ).is_empty()
    stages = ["period", "by", "group", "arm", "round", "stage"]
    assert different(compared(tables, "funnel", stages, ["people"]), ["people"]).is_empty()


def test_the_rival_sets_aside_as_many_submissions(tables):
    counts = ["landed", "accepted", "rejected", "duplicates", "superseded"]
    assert different(compared(tables, "balance", ["source"], counts), counts).is_empty()
