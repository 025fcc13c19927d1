import os
import shutil
import signal
import subprocess
import sys

import duckdb
import polars as pl
import pytest

from flows import examples
from flows.declared import programme_named, warehouse_of
from flows.pull import pull
from flows.refresh import refresh
from flows.settings import ROOT, settings
from transforms.errors import UserError

NAME = "michigan_training"


@pytest.fixture(scope="module")
def refreshed(tmp_path_factory):
    """An installation of the Michigan programme after its first refresh, to be copied."""
    folder = tmp_path_factory.mktemp("refreshed")
    shutil.copytree(ROOT / "programmes" / NAME, folder / "programmes" / NAME, ignore=shutil.ignore_patterns("inbox"))
    with pytest.MonkeyPatch.context() as patched:
        use(folder, patched)
        examples.prepare_michigan_training(settings().inbox(NAME))
        pull(NAME)
        refresh(NAME)
    return folder


def use(folder, monkeypatch):
    monkeypatch.setenv("IMPACT_PROGRAMMES", str(folder / "programmes"))
    monkeypatch.setenv("IMPACT_STATE", str(folder / "state"))
    monkeypatch.delenv("PREFECT_API_URL", raising=False)


@pytest.fixture
def inbox(tmp_path, monkeypatch, refreshed):
    """The Michigan programme's inbox, in an installation of its own that nothing was pulled into."""
    shutil.copytree(refreshed / "programmes", tmp_path / "programmes")
    use(tmp_path, monkeypatch)
    return settings().inbox(NAME)


@pytest.fixture
def first(inbox, tmp_path, refreshed):
    """The warehouse of the first refresh, current in an installation of its own."""
    shutil.copytree(refreshed / "state", tmp_path / "state", symlinks=True)
    path = current()
    assert path.is_relative_to(tmp_path)
    return path


def current():
    with warehouse_of(programme_named(NAME)).open() as reader:
        return reader.path


def edit(definitions):
    definitions.write_text(definitions.read_text(encoding="utf-8") + "\n# a remark\n", encoding="utf-8")


def table(name):
    with warehouse_of(programme_named(NAME)).open() as reader:
        return reader.sql(f"select * from {name} order by all")


def everything():
    """All tables but the times and ids of the run that made them."""
    with warehouse_of(programme_named(NAME)).open() as reader:
        names = reader.sql("select table_name from duckdb_tables() where table_name not in ('build', 'pulls')")
        return {name: reader.sql(f'select * from "{name}" order by all').rows() for name in names["table_name"]}


def test_unchanged_input_keeps_the_warehouse_and_says_so(inbox, caplog):
    pull(NAME)
    first = refresh(NAME)
    made = first.stat().st_mtime_ns
    pull(NAME)
    with caplog.at_level("INFO", logger="impact"):
        assert refresh(NAME) == first
    assert first.stat().st_mtime_ns == made
    assert "unchanged" in caplog.text


def test_an_edited_definition_is_a_new_warehouse(first):
    edit(settings().programme_folder(NAME) / "indicators.toml")
    assert refresh(NAME) != first


def test_the_balance_accounts_for_every_row_of_the_files(first, inbox):
    rows = {path.name: len(path.read_text(encoding="utf-8").splitlines()) - 1 for path in inbox.glob("*.csv")}
    assert table("balance")["landed"].sum() == sum(rows.values())
    assert table("pulls")["rows"].sum() == sum(rows.values())


def test_a_failing_source_keeps_its_last_data_and_is_named_with_its_reason(first, inbox):
    before = everything()
    source = programme_named(NAME).sources[-1]
    bad = inbox / source.files.replace("*", "bad")
    bad.write_bytes(b"")
    assert pull(NAME)[source.id] == "failed"
    refresh(NAME)
    assert everything() == before
    [failed] = table("pulls").filter(pl.col("status") == "failed").rows(named=True)
    assert (failed["source"], failed["reason"]) == (source.id, "empty_file")
    assert failed["data_as_of"] < failed["attempted_at"]
    bad.unlink()
    assert pull(NAME)[source.id] == "unchanged"
    assert refresh(NAME) == first
    assert table("pulls").filter(pl.col("status") == "failed").is_empty()


def test_a_file_whose_dates_are_in_another_order_is_left_out_and_the_rest_counts(first, inbox):
    before = everything()
    source = programme_named(NAME).sources[-1]
    path = inbox / source.files
    path.write_text(path.read_text(encoding="utf-8").replace("1989-12-31", "31-12-1989"), encoding="utf-8")
    assert pull(NAME)[source.id] == "pulled"
    refresh(NAME)
    assert everything() == before
    [failed] = table("pulls").filter(pl.col("status") == "failed").rows(named=True)
    assert (failed["source"], failed["reason"]) == (source.id, "date_order")


def test_without_registrations_the_message_says_where_to_put_files(inbox):
    shutil.rmtree(inbox)
    inbox.mkdir()
    pull(NAME)
    with pytest.raises(UserError, match="inbox"):
        refresh(NAME)


def test_what_is_set_aside_is_counted_with_its_usual_reasons(inbox, caplog):
    file = inbox / "follow_up_1988.csv"
    head, first, second, *rest = file.read_text(encoding="utf-8").splitlines()
    unknown = [",".join([f"99999{place}", *row.split(",")[1:]]) for place, row in enumerate((first, second))]
    file.write_text("\n".join([head, *unknown, *rest]), encoding="utf-8")
    pull(NAME)
    with caplog.at_level("INFO", logger="impact"):
        refresh(NAME)
    assert "2 of 471 submissions are set aside, most for: orphan_followup of 'participant_id'" in caplog.text


def test_no_identity_column_and_no_id_reaches_the_warehouse(first):
    programme = programme_named(NAME)
    landed = (settings().landing(NAME) / programme.sources[0].id).glob("*.parquet")
    heading = programme.registration.questions["participant_id"].paths[0]
    ids = set(pl.read_parquet(list(landed))[heading])
    assert len(ids) > 100
    connection = duckdb.connect(first, read_only=True)
    columns = connection.sql(
        "select table_name, column_name from duckdb_columns() where data_type = 'VARCHAR' and not internal"
    ).fetchall()
    assert columns
    for name, column in columns:
        values = {value for (value,) in connection.sql(f'select distinct "{column}" from "{name}"').fetchall()}
        assert not ids & values, f"{name}.{column}"
    connection.close()


# A refresh that kills itself the moment it is about to call FUNCTION for the Nth time.
KILLED = """
import os, signal, sys
from flows import refresh
from flows.stores import atomic, vault, warehouse
point, count = sys.argv[1:]
owner, name = {
    "atomic": atomic, "warehouse": warehouse, "Warehouse": warehouse.Warehouse, "Vault": vault.Vault,
}[point.split(".")[0]], point.split(".")[1]
original, calls = getattr(owner, name), []
def deadly(*args, **kwargs):
    calls.append(1)
    if len(calls) == int(count):
        os.kill(os.getpid(), signal.SIGKILL)
    return original(*args, **kwargs)
setattr(owner, name, deadly)
refresh.refresh("michigan_training")
"""


@pytest.mark.parametrize(
    ("point", "count"),
    [
        ("Vault.keep_contacts", 2),
        ("warehouse.write_tables", 1),
        ("warehouse._check", 1),  # written, not checked
        ("Warehouse._swap", 1),  # has its name, is not current
        ("Warehouse._forget_old", 1),  # is current
    ],
)
def test_killed_at_any_point_readers_go_on_and_the_next_run_gives_the_same(point, count, first):
    edit(settings().programme_folder(NAME) / "indicators.toml")
    killed = subprocess.run([sys.executable, "-c", KILLED, point, str(count)], cwd=ROOT, env=os.environ, check=False)
    assert killed.returncode == -signal.SIGKILL
    before = everything()  # whichever is current, it is whole
    second = refresh(NAME)
    assert second != first
    assert everything() == before
    assert not list(second.parent.glob(".*.tmp*"))
    assert len(list(second.parent.glob("wh-*.duckdb"))) == 2
