import re

import polars as pl
import pytest

from flows.sources import postgres
from flows.stores.gates import Gates
from tests.declaring import form_of, question
from transforms.errors import SourceError
from transforms.programme import Postgres
from transforms.submissions import by_question, newest_revisions

PEOPLE = """
create table people (
    id integer primary key, name text, sales numeric(12, 2), sells boolean, at timestamptz, born date, notes jsonb
)
"""
ROWS = """
insert into people
select i, 'ชื่อ ' || i, i * 1.50, i % 2 = 0, timestamptz '2025-01-01 00:00+07' + i * interval '1 day',
    '1990-02-28', '{"a": 1}'
from generate_series(1, 100) as i
"""


@pytest.fixture
def form():
    return form_of({"participant_id": question("id", "code"), "sales": question("sales", "money")})


@pytest.fixture
def people(database, monkeypatch):
    monkeypatch.setenv("IMPACT_CONNECTION_OFFICE_DSN", database.dsn)
    database.run(PEOPLE, ROWS)
    return database


@pytest.fixture
def source():
    return Postgres(kind="postgres", id="people", form="form", connection="office", table="people", key=("id",))


def held(landing, form):
    """What the landing says that the database has: sales by id."""
    now = newest_revisions(by_question(landing.submissions(), form)).submissions
    return dict(now.select("participant_id", "sales").iter_rows())


def test_every_value_lands_as_the_text_that_postgresql_writes(people, pull, landing):
    [manifest] = pull().landed
    assert (manifest.server_rows, manifest.fetched, manifest.rows, manifest.tombstones) == (100, 100, 100, 0)
    first = landing.submissions().filter(pl.col("id") == "2").row(0, named=True)
    answers = {name: first[name] for name in ("name", "sales", "sells", "born", "notes")}
    assert answers == {"name": "ชื่อ 2", "sales": "3.00", "sells": "true", "born": "1990-02-28", "notes": '{"a": 1}'}
    assert first["_key"] == "2"


def test_a_pull_without_news_lands_nothing(people, pull):
    pull()
    assert pull().landed == []
    assert pull(watermark="at").landed == []


def test_only_what_is_new_changed_or_gone_lands(people, pull, form, landing):
    pull()
    people.run(
        "insert into people (id, sales) values (101, 7)",
        "update people set sales = 9 where id = 2",
        "delete from people where id in (3, 4)",
    )
    [manifest] = pull().landed
    assert (manifest.server_rows, manifest.rows, manifest.tombstones) == (99, 4, 2)
    now = held(landing, form)
    assert (len(now), now["101"], now["2"], "3" in now) == (99, "7.00", "9.00", False)


def test_a_row_that_comes_back_is_there_again(people, pull, form, landing):
    pull()
    people.run("create table aside as select * from people where id = 5", "delete from people where id = 5")
    pull()
    people.run("insert into people select * from aside")
    pull()
    assert held(landing, form)["5"] == "7.50"


def test_with_a_watermark_only_the_newest_rows_are_read(people, pull, form, landing):
    pull(watermark="at")
    people.run("insert into people (id, sales, at) values (101, 7, '2025-04-12 00:00+07')")
    [manifest] = pull(watermark="at").landed
    assert manifest.rows == 1
    assert manifest.fetched < 5
    assert held(landing, form)["101"] == "7.00"


def test_a_row_committed_late_with_an_earlier_time_is_within_the_overlap(people, pull, form, landing):
    pull(watermark="at")
    people.run(
        "insert into people (id, sales, at) values (101, 7, timestamptz '2025-04-11 00:00+07' - interval '30 min')"
    )
    assert pull(watermark="at").landed[0].rows == 1
    assert held(landing, form)["101"] == "7.00"


def test_rows_deleted_beside_a_watermark_are_noticed_by_their_number(people, pull, form, landing):
    pull(watermark="at")
    people.run("delete from people where id = 9")
    [manifest] = pull(watermark="at").landed
    assert (manifest.server_rows, manifest.tombstones) == (99, 1)
    assert "9" not in held(landing, form)


def test_a_whole_number_may_be_the_watermark(people, pull):
    pull(watermark="id")
    people.run("insert into people (id, sales) values (101, 7)")
    [manifest] = pull(watermark="id").landed
    assert (manifest.rows, manifest.fetched) == (1, 2)


@pytest.mark.parametrize("ahead", ["infinity", "2569-01-01 00:00+07"])
def test_a_time_that_lies_ahead_does_not_hide_what_changes_before_it(ahead, people, pull, form, landing):
    people.run(f"update people set at = '{ahead}' where id = 1")
    pull(watermark="at")
    people.run("update people set sales = 77, at = now() where id = 2")
    pull(watermark="at")
    assert held(landing, form)["2"] == "77.00"


def test_a_column_that_is_neither_time_nor_whole_number_is_no_watermark(people, pull):
    with pytest.raises(SourceError, match="'sales' is neither a time") as failure:
        pull(watermark="sales")
    assert failure.value.code == "wrong_watermark"


def test_a_query_of_the_programme_is_read(people, pull, tmp_path):
    (tmp_path / "people.sql").write_text("select id, sales from people where id <= 10;\n")
    [manifest] = pull(table=None, query="people.sql").landed
    assert manifest.rows == 10


def test_columns_that_no_question_asks_are_kept_and_named(people, pull):
    [manifest] = pull().landed
    assert {doubt.field for doubt in manifest.doubts} == {"name", "sells", "at", "born", "notes"}


def test_a_column_that_the_form_asks_and_the_table_lacks_fails_the_source(people, pull):
    people.run("alter table people rename column sales to turnover")
    with pytest.raises(SourceError, match="sales") as raised:
        pull()
    assert raised.value.code == "missing_column"


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"table": "persons"}, "not_found"),
        ({"table": "people; drop table people"}, "not_found"),
        ({"key": ("identity",)}, "no_such_column"),
        ({"key": ("born",)}, "key_not_unique"),
        ({"watermark": "notes"}, "wrong_watermark"),
        ({"connection": "elsewhere"}, "connection_not_set"),
    ],
)
def test_a_declaration_that_the_database_does_not_bear_out_has_its_own_reason(change, code, people, pull, landing):
    with pytest.raises(SourceError) as raised:
        pull(**change)
    assert raised.value.code == code
    assert landing.manifests() == []


def test_rows_without_a_key_fail_the_source(people, pull):
    people.run("insert into people (id) values (200)")
    with pytest.raises(SourceError) as raised:
        pull(watermark="at")
    assert raised.value.code == "no_key"


def test_a_query_that_changes_something_is_refused_by_the_database(people, pull, tmp_path, form):
    people.run("create function harm() returns integer language sql as 'delete from people returning 1'")
    (tmp_path / "people.sql").write_text("select id, sales, harm() from people")
    with pytest.raises(SourceError) as raised:
        pull(table=None, query="people.sql")
    assert raised.value.code == "not_read_only"
    assert len(held_by(people)) == 100


def held_by(database):
    from adbc_driver_postgresql import dbapi

    with dbapi.connect(database.dsn) as connection, connection.cursor() as cursor:
        cursor.execute("select id from people")
        return cursor.fetchall()


def test_a_user_without_the_right_is_told_which_grant_is_missing(people, pull, monkeypatch):
    people.run("drop role if exists reader", "create role reader login")
    monkeypatch.setenv("IMPACT_CONNECTION_OFFICE_DSN", re.sub("//[^@]*@", "//reader@", people.dsn))
    with pytest.raises(SourceError, match="grant select") as raised:
        pull()
    assert raised.value.code == "not_allowed"


def test_the_password_is_in_no_message(people, pull, monkeypatch):
    monkeypatch.setenv("IMPACT_CONNECTION_OFFICE_DSN", "postgresql://reader:Geheim9@127.0.0.1:9/nowhere")
    with pytest.raises(SourceError, match="IMPACT_CONNECTION_OFFICE_DSN") as raised:
        pull()
    assert raised.value.code == "not_connected"
    assert "Geheim9" not in str(raised.value)


def test_an_answer_is_in_no_message(people, pull, tmp_path):
    (tmp_path / "people.sql").write_text("select id, sales, cast(name as integer) from people")
    with pytest.raises(SourceError) as raised:
        pull(table=None, query="people.sql")
    assert raised.value.code == "broke_off"
    assert "ชื่อ" not in str(raised.value)


def test_rows_that_arrive_while_it_is_read_wait_for_the_next_pull(people, pull, form, monkeypatch, landing):
    count = postgres._extent

    def then_somebody_writes(*arguments):
        found = count(*arguments)
        people.run("insert into people (id, sales) values (500, 1)", "delete from people where id = 1")
        return found

    monkeypatch.setattr(postgres, "_extent", then_somebody_writes)
    assert pull().server_rows == 100
    monkeypatch.undo()
    monkeypatch.setenv("IMPACT_CONNECTION_OFFICE_DSN", people.dsn)
    pull()
    now = held(landing, form)
    assert ("500" in now, "1" in now, len(now)) == (True, False, 100)


def test_a_mass_deletion_is_not_taken_until_a_person_says_it_is_right(people, pull, refused, landing):
    pull()
    people.run("delete from people where id > 79")
    code, message = refused()
    assert code == "rows_down"
    assert "it has 79 rows and had 100 before" in message
    gates = Gates(landing)
    [held_back] = gates.held()
    gates.acknowledge(held_back, "officer", "the south has left")
    people.run("delete from people where id > 78")
    assert refused()[0] == "rows_down"  # a further loss is another one
    people.run("insert into people (id, sales) values (79, 1)")
    assert pull().landed[0].tombstones == 21
    people.run("delete from people where id > 50")
    assert refused()[0] == "rows_down"  # the word was for that time
