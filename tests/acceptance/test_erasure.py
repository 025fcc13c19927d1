"""An invented person comes by all four kinds of sources and is erased: no file of the state says anything of them.

The same search finds them everywhere before, so it can fail; and no later pull brings them back.
"""

import polars as pl
import pytest

from flows.declared import landing_of, programme_named
from flows.erasing import erase
from flows.publish import publish
from flows.pull import pull
from flows.refresh import refresh
from flows.settings import settings
from flows.stores.revisions import latest
from flows.verifying import verify
from tests import mixed
from tests.scanning import scan

CANARIES = {
    "name": "กานารี นกขมิ้นเหลืองอ่อน",
    "latin name": "Zzcanaryname",
    "phone": "0899917345",
    "phone spelled": "089-991-7345",
    "phone abroad": "+66899917345",
    "participant": "CANARY-7781",
    "participant spelled": "canary-๗๗๘๑",
    "own sales": "98765431",
}
CANARY = mixed.registration(1) | {
    "participant_id": CANARIES["participant"],
    "name": f"{CANARIES['name']} {CANARIES['latin name']}",
    "phone": CANARIES["phone spelled"],
    "sales_last_month": CANARIES["own sales"],
}
SPELLED = CANARY | {"participant_id": f" {CANARIES['participant spelled']} ", "session": "S6"}
FOLLOW_UP = mixed.follow_up(1, "2025-07-15", True) | {
    "participant_id": CANARIES["participant"],
    "sales_last_month": CANARIES["own sales"],
}


@pytest.fixture
def canary(tmp_path, central, kobo, database, monkeypatch):
    """The state folder of an installation in which the canary came by every source; two have it in two versions."""
    folder = mixed.write_programme(tmp_path / "programmes")
    drop(folder, "registration", [mixed.registration(number) for number in range(20)] + [CANARY])
    pl.DataFrame([mixed.registration(20), SPELLED]).write_excel(folder / "inbox" / "registration.xlsx")
    database.run(
        *mixed.table_of([mixed.registration(number) for number in range(21, 40)] + [CANARY | {"session": "S5"}])
    )
    interview = central.insert(dict(FOLLOW_UP))
    call = kobo.insert(FOLLOW_UP | {"date": "2026-01-15"})
    places = {"IMPACT_PROGRAMMES": str(folder.parent), "IMPACT_STATE": str(tmp_path / "state")}
    for name, value in {**places, **mixed.connections(central.url, kobo.url, database.dsn)}.items():
        monkeypatch.setenv(name, value)
    monkeypatch.delenv("PREFECT_API_URL", raising=False)
    assert set(pull(mixed.NAME).values()) == {"pulled"}
    central.edit(interview, sells_online="no")
    kobo.edit(call, {"sells_online": "no"})
    pull(mixed.NAME)
    refresh(mixed.NAME)
    return tmp_path / "state"


def drop(folder, name, people):
    (folder / "inbox" / f"{name}.csv").write_text(mixed.csv_of(people), encoding="utf-8")


def sources():
    declared = programme_named(mixed.NAME)
    return {source.id: landing_of(declared, source) for source in declared.sources}


def server_rows():
    return {name: landing.manifests()[-1].server_rows for name, landing in sources().items()}


def night():
    """The statuses of the pull, after which everything is made anew."""
    statuses = pull(mixed.NAME)
    refresh(mixed.NAME)
    return statuses


@pytest.mark.slow
def test_nothing_of_an_erased_person_is_left_in_any_file_nor_comes_back(canary, central, kobo, database):
    before = scan(canary, CANARIES)
    for source in sources():  # the control: the scan finds the person wherever rows of theirs are
        here = {
            kind
            for path, kinds in before.items()
            if path.startswith(f"landing/{mixed.NAME}/{source}/")
            for kind in kinds
        }
        assert {"participant", "own sales"} <= here, source
    assert any(
        path.startswith("vault/") and {"name", "latin name", "phone abroad"} <= set(kinds)
        for path, kinds in before.items()
    )
    assert any(path.startswith("warehouse/") and "own sales" in kinds for path, kinds in before.items())

    erased = erase(mixed.NAME, participant="Canary-7781", pseudonym=None, reason="asked by letter")

    assert scan(canary, CANARIES) == {}
    assert erased.rows == {"sheets": 2, "register": 1, "interviews": 2, "calls": 2}
    inbox = settings().inbox(mixed.NAME)
    assert [line.split(": ")[:2] for line in erased.remaining] == [
        [str(inbox / "registration.csv"), "row 22. Delete these rows, or the file."],
        [str(inbox / "registration.xlsx"), "row 3. Delete these rows, or the file."],
    ]
    assert not any(value in str(erased) for value in CANARIES.values())

    # They still stand in every source; now in new versions, new files and new records too.
    drop(inbox.parent, "registration_more", [mixed.registration(40), SPELLED])
    database.run("update registrations set sells_online = 'no'")
    [interview] = [
        key for key, each in central.live.items() if each.answers["participant_id"] == CANARIES["participant"]
    ]
    central.edit(interview, sells_online="yes")
    central.insert(FOLLOW_UP | {"participant_id": SPELLED["participant_id"]})
    kobo.insert(FOLLOW_UP | {"date": "2026-01-16"})
    assert set(night().values()) == {"pulled"}
    assert scan(canary, CANARIES) == {}
    assert server_rows() == {"sheets": 2, "register": 20, "interviews": 42, "calls": 42}
    assert {name: landing.manifests()[-1].erased for name, landing in sources().items()} == {
        "sheets": 1,
        "register": 0,  # its line stands there since the erasure
        "interviews": 1,
        "calls": 1,
    }
    publish(mixed.NAME, ["th", "en"])
    assert list(canary.rglob("*.pdf"))
    assert scan(canary, CANARIES) == {}
    assert not any(each.wrong for each in verify(mixed.NAME))


@pytest.mark.slow
def test_after_an_erasure_servers_are_not_read_again_for_ever(canary, central, kobo):
    erase(mixed.NAME, participant=CANARIES["participant"], pseudonym=None, reason="asked by letter")
    night()
    central.requests.clear()

    assert set(pull(mixed.NAME).values()) == {"unchanged"}

    listings = [each for each in central.asked("/Submissions") if "$top" in each.query and each.query["$top"] != "1"]
    assert all("$filter" in each.query for each in listings)  # none of the whole
    assert {name: len(landing.manifests()) for name, landing in sources().items()} == {
        "sheets": 2,
        "register": 1,
        "interviews": 2,
        "calls": 2,
    }


@pytest.mark.slow
def test_an_erased_record_that_its_server_deletes_leaves_a_tombstone_and_the_counts_agree(canary, central, kobo):
    erase(mixed.NAME, participant=CANARIES["participant"], pseudonym=None, reason="asked by letter")
    [interview] = [
        key for key, each in central.live.items() if each.answers["participant_id"] == CANARIES["participant"]
    ]
    central.delete(interview)
    kobo.delete(next(row["_id"] for row in kobo.rows if row["participant_id"] == CANARIES["participant"]))

    statuses = pull(mixed.NAME)

    assert (statuses["interviews"], statuses["calls"]) == ("pulled", "pulled")
    for source in ("interviews", "calls"):
        landing = sources()[source]
        assert landing.manifests()[-1].tombstones == 1
        assert (latest(landing)["_revision"] != "gone").sum() == 40
    assert set(pull(mixed.NAME).values()) == {"unchanged"}
    assert scan(canary, CANARIES) == {}
