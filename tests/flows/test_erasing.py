import shutil
import threading
from concurrent.futures import ThreadPoolExecutor, wait
from datetime import UTC, datetime

import polars as pl
import pytest

from flows import refresh as refreshing
from flows.declared import landing_of, programme_named
from flows.erasing import erase
from flows.pull import pull
from flows.refresh import refresh
from flows.settings import settings
from flows.starter import write_starter
from flows.stores import contacts
from tests.killing import kill, points_and_finishes
from tests.scanning import scan
from transforms.errors import UserError

CANARY = {"id": "CANARY-7781", "name": "Zzcanaryname", "phone": "0899917345", "sales": "98765431"}
HEADING = "participant_id,name,phone,consent,date,session,birth_year,sales_last_month,sells_online,sex\n"
ROW = "{id},{name},{phone},yes,2024-11-18,S1,1977,{sales},no,หญิง\n"

ACT = """
from flows.erasing import erase
erase("village", participant="CANARY-7781", pseudonym=None, reason="asked")
"""


@pytest.fixture(scope="module")
def built(tmp_path_factory):
    """An installation whose landing, vault and warehouse hold the canary."""
    folder = tmp_path_factory.mktemp("built")
    write_starter(folder / "programmes" / "village", "village")
    (folder / "programmes" / "village" / "inbox" / "registration_b.csv").write_text(
        HEADING + ROW.format(**CANARY) + ROW.format(id="P2", name="ข", phone="0811111111", sales="5"), encoding="utf-8"
    )
    with pytest.MonkeyPatch.context() as patched:
        patched.setenv("IMPACT_PROGRAMMES", str(folder / "programmes"))
        patched.setenv("IMPACT_STATE", str(folder / "state"))
        patched.delenv("PREFECT_API_URL", raising=False)
        pull("village")
        refresh("village")
    return folder


@pytest.fixture
def installation(built, tmp_path, monkeypatch):
    shutil.copytree(built, tmp_path / "copy", symlinks=True)
    monkeypatch.setenv("IMPACT_PROGRAMMES", str(tmp_path / "copy" / "programmes"))
    monkeypatch.setenv("IMPACT_STATE", str(tmp_path / "copy" / "state"))
    monkeypatch.delenv("PREFECT_API_URL", raising=False)
    return tmp_path / "copy"


def found(installation):
    return scan(installation / "state", CANARY)


def landing():
    declared = programme_named("village")
    return landing_of(declared, declared.sources[0])


def landed():
    return set(landing().submissions()["participant_id"])


def drop(installation, name, *rows):
    inbox = installation / "programmes" / "village" / "inbox"
    (inbox / f"{name}.csv").write_text(HEADING + "".join(rows), encoding="utf-8")


POINTS = (
    ("atomic.append_line", 1),  # nothing is kept yet
    ("landing.without", 1),  # kept whom to erase, nothing erased
    ("atomic.settle", 1),  # rows written again under a temporary name
    ("atomic.write", 1),  # new Parquet there, the old manifest counts
    ("landing.Landing._settle", 1),
    ("atomic.flush", 5),  # the new manifest counts, the old Parquet is there or just gone
    ("contacts._write", 1),  # landing done, vault not
    ("warehouse.Warehouse.forget", 1),
    ("atomic.append_line", 2),  # all done but for saying so
)


@pytest.mark.slow
@pytest.mark.parametrize(("place", "count", "finish"), points_and_finishes(POINTS))
def test_killed_at_any_point_an_erasure_is_finished_by_whatever_comes_next(installation, place, count, finish):
    if finish == "the next pull" and (place, count) == ("atomic.append_line", 1):
        pytest.skip("nobody knows yet whom to erase")
    assert found(installation)
    kill(ACT, place, count)

    if finish == "the same command":
        erase("village", participant=CANARY["id"], pseudonym=None, reason="asked")
    else:
        pull("village")

    assert found(installation) == {}
    assert {"P2", "SAMPLE-001"} <= landed()
    assert set(pull("village").values()) == {"unchanged"}
    assert not list(landing().folder.glob(".*.tmp*"))
    assert not landing().unproven()


@pytest.mark.parametrize("first", ["the erasure", "the earlier moment"])
def test_a_warehouse_of_an_earlier_moment_and_an_erasure_wait_for_each_other(installation, monkeypatch, first):
    moment = datetime.now(UTC)
    under_way, go_on = threading.Event(), threading.Event()

    def halting(function):
        def halted(*args, **kwargs):
            under_way.set()
            assert go_on.wait(30)
            return function(*args, **kwargs)

        return halted

    def erased():
        return erase("village", participant=CANARY["id"], pseudonym=None, reason="asked")

    with ThreadPoolExecutor(2) as both:
        if first == "the erasure":
            monkeypatch.setattr(contacts, "forget", halting(contacts.forget))  # the landing is written again, half done
            runs = [both.submit(erased)]
            assert under_way.wait(30)
            runs.append(both.submit(refresh, "village", moment))
        else:
            monkeypatch.setattr(refreshing, "_results", halting(refreshing._results))  # it holds what was read
            runs = [both.submit(refresh, "village", moment)]
            assert under_way.wait(30)
            runs.append(both.submit(erased))
        waited = not wait(runs, timeout=1).done
        go_on.set()
        for each in runs:
            each.result()
    assert waited
    assert found(installation) == {}


def test_a_person_is_erased_by_the_pseudonym_that_the_warehouse_shows(installation):
    contacts = pl.read_parquet(settings().vault("village") / "contacts-registration.parquet")
    [pseudonym] = contacts.filter(participant_id=CANARY["id"])["participant"]
    refresh("village", as_of=datetime.now(UTC))
    assert len(list((installation / "state").rglob("wh-*.duckdb"))) == 2
    erase("village", participant=None, pseudonym=pseudonym, reason="asked")
    assert found(installation) == {}
    assert not list((installation / "state").rglob("wh-*.duckdb"))
    erase("village", participant=None, pseudonym=pseudonym, reason="asked")  # again, and nothing is wrong
    assert pseudonym not in (settings().vault("village") / "erasures.jsonl").read_text()


def test_nobody_is_erased_by_an_id_that_nobody_has(installation):
    before = found(installation)
    with pytest.raises(UserError, match="nothing is landed") as error:
        erase("village", participant="CANARY-778", pseudonym=None, reason="asked")
    assert "CANARY" not in str(error.value)
    for wrong in ({"participant": None, "pseudonym": None}, {"participant": "x", "pseudonym": "y"}):
        with pytest.raises(UserError, match="either"):
            erase("village", **wrong, reason="asked")
    assert found(installation) == before


def test_an_erasure_needs_a_reason(installation):
    with pytest.raises(UserError, match="--reason is empty"):
        erase("village", participant=CANARY["id"], pseudonym=None, reason=" \t")
    assert CANARY["id"] in landed()


def test_a_reason_that_names_the_person_is_refused_before_anything_is_kept(installation):
    for reason in ("canary-7781 asked", "call 089 991 7345", "call 089-991-7345."):
        with pytest.raises(UserError, match="names the person") as error:
            erase("village", participant=CANARY["id"], pseudonym=None, reason=reason)
        assert "7781" not in str(error.value)
    assert not (settings().vault("village") / "erasures.jsonl").exists()


def test_manifests_say_how_many_rows_were_erased_and_when_and_prove_the_rest(installation):
    [before] = [each for each in landing().manifests() if each.file == "registration_b.csv"]
    erase("village", participant=CANARY["id"], pseudonym=None, reason="asked")
    [after] = [each for each in landing().manifests() if each.file == "registration_b.csv"]
    assert (after.rows, after.server_rows, after.erased, after.standing) == (2, 2, 1, 1)
    assert after.changes[0].at > before.pulled_at
    assert after.sha256 == before.sha256
    assert after.parquet_sha256 != before.parquet_sha256
    assert landing().rows_of(after)["_row"].to_list() == [3]


def test_a_new_file_lands_without_the_erased_whatever_the_spelling(installation):
    erase("village", participant=CANARY["id"], pseudonym=None, reason="asked")
    spelled = CANARY | {"id": "\u200b canary-๗๗๘๑", "name": "again"}
    drop(installation, "registration_c", ROW.format(**spelled), ROW.format(id="P3", name="ค", phone="", sales="1"))
    assert pull("village")["registration"] == "pulled"
    last = landing().manifests()[-1]
    assert (last.rows, last.erased, last.standing) == (2, 1, 1)
    assert {"P3"} <= landed()
    assert "again" not in set(landing().submissions()["name"])


def test_a_row_whose_cells_could_not_be_told_apart_is_erased_too(installation):
    drop(installation, "registration_c", "canary-7781,too,few\n", "P9,too,few\n")
    pull("village")
    erased = erase("village", participant=CANARY["id"], pseudonym=None, reason="asked")
    assert erased.rows["registration"] == 2
    assert landing().submissions()["_unread"].drop_nulls().to_list() == ["P9,too,few"]


def test_a_telephone_that_a_family_shares_erases_nobody_else(installation):
    drop(
        installation,
        "registration_c",
        ROW.format(id="P7", name="spouse", phone=CANARY["phone"], sales="1"),
        ROW.format(id="", name="whoever", phone="+66 89 991 7345", sales="1"),
    )
    pull("village")
    erase("village", participant=CANARY["id"], pseudonym=None, reason="asked")
    names = set(landing().submissions()["name"])
    assert {"spouse", "whoever"} <= names
    assert CANARY["name"] not in names


def test_a_row_with_nothing_but_the_telephone_of_the_person_alone_is_theirs(installation):
    drop(installation, "registration_c", ROW.format(id="", name="whoever", phone="+66 89 991 7345", sales="1"))
    pull("village")
    erased = erase("village", participant=CANARY["id"], pseudonym=None, reason="asked")
    assert erased.rows["registration"] == 2
    assert found(installation) == {}


def test_lines_of_the_vault_that_quote_the_person_go_and_lines_of_staff_are_named(installation):
    vault, folder = settings().vault("village"), settings().programme_folder("village")
    lines = "submission,field,old\nregistration_b.csv#2,name,Zzcanaryname\nregistration_b.csv#3,name,ข\n"
    for place in (vault, folder):
        (place / "corrections.csv").write_text(lines, encoding="utf-8")
    (vault / "calls-m6.xlsx").write_bytes(CANARY["name"].encode())
    erased = erase("village", participant=CANARY["id"], pseudonym=None, reason="asked")
    assert not (vault / "calls-m6.xlsx").exists()
    assert (vault / "corrections.csv").read_text(encoding="utf-8").splitlines()[1:] == ["registration_b.csv#3,name,ข"]
    assert (vault / "corrections.csv").stat().st_mode & 0o077 == 0
    assert f"{folder / 'corrections.csv'}: line 2. Delete these lines." in erased.remaining


def test_what_cannot_be_searched_is_named(installation):
    shutil.copytree(landing().folder, landing().folder.parent / "old_source")
    drop(installation, "registration_c", 'P8,"never closed\n')
    erased = erase("village", participant=CANARY["id"], pseudonym=None, reason="asked")
    assert any("old_source" in line for line in erased.remaining)
    assert any("registration_c.csv: it cannot be read" in line for line in erased.remaining)


def test_a_sealed_landing_is_erased_from_and_stays_sealed(installation, monkeypatch):
    monkeypatch.setenv("IMPACT_LANDING_KEY", "ab" * 32)
    drop(installation, "registration_c", ROW.format(**CANARY), ROW.format(id="P3", name="ค", phone="", sales="1"))
    pull("village")
    erased = erase("village", participant=CANARY["id"], pseudonym=None, reason="asked")
    assert erased.rows["registration"] == 2
    assert CANARY["id"] not in landed()
    assert {"P2", "P3"} <= landed()
    assert landing().manifests()[-1].parquet.endswith("-1.parquet.sealed")
