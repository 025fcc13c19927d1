import os
import subprocess
import sys
from datetime import UTC, datetime

import duckdb
import polars as pl
import pytest

from flows.settings import ROOT
from flows.stores.warehouse import CheckError, Warehouse
from transforms import tables
from transforms.errors import UserError
from transforms.loading import load_programme


@pytest.fixture(scope="module")
def programme():
    return load_programme(ROOT / "programmes" / "michigan_training")


@pytest.fixture
def warehouse(tmp_path):
    return Warehouse(tmp_path)


@pytest.fixture
def frames(programme):
    def make(input_id="a"):
        empty = {name: schema.create_empty() for name, schema in tables.warehouse(programme).items()}
        build = {
            "programme": programme.id,
            "input_id": input_id,
            "code_version": "1",
            "configuration": "c",
            "built_at": datetime(2025, 1, 1, tzinfo=UTC),
        }
        schema = tables.Build.create_empty().schema
        return {**empty, "build": pl.DataFrame([build], schema=schema, orient="row")}

    return make


def built(warehouse, programme, frames, input_id):
    return warehouse.build(programme, frames(input_id), input_id)


def test_what_is_written_is_read_back(warehouse, programme, frames):
    given = frames()
    warehouse.build(programme, given, "a")
    with warehouse.open() as reader:
        assert reader.query("build").equals(given["build"])


def test_a_table_that_an_older_version_did_not_make_is_asked_for_with_a_remedy(warehouse, programme, frames):
    path = built(warehouse, programme, frames, "a")
    with duckdb.connect(path) as connection:
        connection.execute("drop table flags")
    with (
        warehouse.open() as reader,
        pytest.raises(UserError, match=r"'flagged' yet\. Run: impact refresh"),
    ):
        reader.query("flagged")


def test_a_reader_keeps_its_version_while_a_new_one_becomes_current(warehouse, programme, frames):
    first = built(warehouse, programme, frames, "a")
    with warehouse.open() as reader:
        second = built(warehouse, programme, frames, "b")
        assert reader.path == first
        assert reader.query("build")["input_id"].to_list() == ["a"]
        assert warehouse.current() == second
        with warehouse.open() as newer:
            assert newer.query("build")["input_id"].to_list() == ["b"]


def test_the_last_three_versions_stay(warehouse, programme, frames, tmp_path):
    for input_id in "abcd":
        built(warehouse, programme, frames, input_id)
    assert sorted(path.name for path in tmp_path.glob("*.duckdb")) == [f"wh-{each}.duckdb" for each in "bcd"]
    assert not list(tmp_path.glob(".*.tmp*"))


def test_a_version_that_fails_a_check_never_becomes_current(warehouse, programme, frames):
    first = built(warehouse, programme, frames, "a")
    balance = {"source": "s", "form": "f", "landed": 3} | dict.fromkeys(
        ("accepted", "rejected", "duplicates", "superseded", "deleted"), 0
    )
    wrong = {**frames("b"), "balance": pl.DataFrame([balance]).select(tables.Balance.column_names())}
    with pytest.raises(CheckError, match="landed_is_not_its_parts"):
        warehouse.build(programme, wrong, "b")
    assert warehouse.current() == first


def test_a_reader_can_neither_write_nor_reach_a_file(warehouse, programme, frames, tmp_path):
    built(warehouse, programme, frames, "a")
    (tmp_path / "secret.csv").write_text("a\n1\n")
    with warehouse.open() as reader:
        for statement in (
            "delete from build",
            f"select a from read_csv('{tmp_path}/secret.csv')",
            "set enable_external_access = true",
        ):
            with pytest.raises(duckdb.Error):
                reader.connection.execute(statement)


def test_a_column_that_must_not_be_null_is_refused(warehouse, programme, frames):
    wrong = {**frames(), "build": frames()["build"].with_columns(input_id=pl.lit(None, dtype=pl.String))}
    with pytest.raises(duckdb.ConstraintException):
        warehouse.build(programme, wrong, "a")


def test_tables_and_columns_carry_their_descriptions(warehouse, programme, frames):
    built(warehouse, programme, frames, "a")
    with warehouse.open() as reader:
        comments = reader.sql(
            "select column_name, comment from duckdb_columns() where table_name = 'funnel' and comment is null"
        )
        assert comments.is_empty()
        [grain] = reader.sql("select comment from duckdb_tables() where table_name = 'responses'")["comment"]
        assert grain.startswith("One row per participant and round")


def test_without_a_warehouse_the_message_says_what_to_run(warehouse):
    with pytest.raises(UserError, match="impact refresh"), warehouse.open():
        pass


def test_another_process_reads_while_this_one_rebuilds(warehouse, programme, frames, tmp_path):
    built(warehouse, programme, frames, "a")
    script = (
        "import sys; from pathlib import Path; from flows.stores.warehouse import Warehouse\n"
        "with Warehouse(Path(sys.argv[1])).open() as reader:\n"
        "    print('open', flush=True); sys.stdin.readline()\n"
        "    print(reader.query('build')['input_id'][0], flush=True)\n"
    )
    with subprocess.Popen(
        [sys.executable, "-c", script, str(tmp_path)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        cwd=ROOT,
        env=os.environ,
    ) as other:
        assert other.stdout.readline() == "open\n"
        for input_id in "bcde":  # the version it reads is even forgotten meanwhile
            built(warehouse, programme, frames, input_id)
        assert other.communicate("go on\n")[0] == "a\n"
