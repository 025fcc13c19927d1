"""An invented person comes by all four kinds of sources, and their time ends: no file of the state says a word of them.

The same search finds them everywhere before, so it can fail. The servers go on holding and counting them, and no later
pull brings them back; but who registers again is landed.
"""

from datetime import date

import pytest

from flows.declared import landing_of, programme_named
from flows.pull import pull
from flows.refresh import refresh
from flows.retaining import retain
from flows.stores.revisions import latest
from flows.verifying import verify
from tests import mixed
from tests.scanning import scan

DAY = date(2024, 10, 1)
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
    "date": "2/5/2562",
}
FOLLOW_UP = mixed.follow_up(1, "2019-11-15", True) | {
    "participant_id": f" {CANARIES['participant spelled']} ",
    "sales_last_month": CANARIES["own sales"],
}
OLD_PERIOD = """
[[periods]]
id = "fy2562"
title = { th = "ปีงบประมาณ 2562", en = "Fiscal year 2019" }
start = 2018-10-01
end = 2019-09-30

[retention]
after = "5 years"

"""


@pytest.fixture
def canary(tmp_path, central, kobo, database, monkeypatch):
    """The state folder of an installation in which the canary came by every source; two have it in two versions."""
    folder = mixed.write_programme(tmp_path / "programmes")
    path, forms = folder / "programme.toml", folder / "forms.toml"
    path.write_text(path.read_text("utf-8").replace("\n[[periods]]", f"{OLD_PERIOD}[[periods]]", 1), "utf-8")
    dated = 'path = "date", type = "date"'
    forms.write_text(forms.read_text("utf-8").replace(dated, f'{dated}, date_order = "day_month_year"', 1), "utf-8")
    sheet = [mixed.registration(number) for number in range(20)] + [CANARY]
    (folder / "inbox" / "registration.csv").write_text(mixed.csv_of(sheet), encoding="utf-8")
    database.run(
        *mixed.table_of([mixed.registration(number) for number in range(21, 40)] + [CANARY | {"session": "S5"}])
    )
    interview = central.insert(dict(FOLLOW_UP))
    call = kobo.insert(FOLLOW_UP | {"date": "2020-05-15"})
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


def sources():
    declared = programme_named(mixed.NAME)
    return {source.id: landing_of(declared, source) for source in declared.sources}


def counted():
    """How many records of each server stand in the landing."""
    return {
        name: (latest(sources()[name])["_revision"] != "gone").sum() for name in ("register", "interviews", "calls")
    }


def night():
    """The statuses of the pull, after which whose time is over goes and everything is made anew."""
    statuses = pull(mixed.NAME)
    gone = retain(mixed.NAME, DAY)
    refresh(mixed.NAME)
    return statuses, gone.rows


def interview_of(central):
    return next(key for key, each in central.live.items() if "๗๗๘๑" in each.answers["participant_id"])


@pytest.mark.slow
def test_nothing_of_whose_time_is_over_is_left_in_any_file_nor_comes_back(canary, central, kobo, database):
    before = scan(canary, CANARIES)
    for source in sources():  # the control: the scan finds the person wherever rows of theirs are
        here = {k for path, kinds in before.items() if f"/{mixed.NAME}/{source}/" in path for k in kinds}
        assert here & {"participant", "participant spelled"} and "own sales" in here, source
    assert any(
        path.startswith("vault/") and {"name", "latin name", "phone abroad"} <= set(kinds)
        for path, kinds in before.items()
    )
    assert any(path.startswith("warehouse/") and "own sales" in kinds for path, kinds in before.items())

    statuses, rows = night()

    assert set(statuses.values()) == {"unchanged"}
    assert rows == {"sheets": 1, "register": 1, "interviews": 2, "calls": 2}
    assert scan(canary, CANARIES) == {}
    assert counted() == {"register": 20, "interviews": 41, "calls": 41}
    assert not any(each.wrong for each in verify(mixed.NAME))

    # The servers still hold them, and what they hold is changed: nothing of it lands, and the counts agree.
    assert night() == (dict.fromkeys(sources(), "unchanged"), {})
    database.run("update registrations set sells_online = 'yes'")
    central.edit(interview_of(central), sells_online="yes")
    kobo.edit(next(row["_id"] for row in kobo.rows if "๗๗๘๑" in row["participant_id"]), {"sells_online": "yes"})
    statuses, rows = night()
    assert statuses == {"sheets": "unchanged", "register": "pulled", "interviews": "unchanged", "calls": "unchanged"}
    assert rows == {}
    assert scan(canary, CANARIES) == {}
    assert counted() == {"register": 20, "interviews": 41, "calls": 41}

    # What a server deletes is a tombstone, as of any other record; restored it does not come back.
    interview = interview_of(central)
    central.delete(interview)
    assert night()[0]["interviews"] == "pulled"
    assert counted()["interviews"] == 40
    central.restore(interview)
    assert night()[0]["interviews"] == "pulled"
    assert counted()["interviews"] == 41
    assert scan(canary, CANARIES) == {}


@pytest.mark.slow
def test_who_registers_again_lands_again_under_the_same_key_of_the_database_too(canary, central, database):
    night()
    database.run("update registrations set date = '1/3/2568' where participant_id = 'CANARY-7781'")
    central.insert(FOLLOW_UP | {"date": "2025-09-15"})

    statuses, rows = night()

    assert (statuses["register"], statuses["interviews"], rows) == ("pulled", "pulled", {})
    assert counted() == {"register": 20, "interviews": 42, "calls": 41}
    landed = sources()["register"].submissions().filter(participant_id="CANARY-7781")
    assert landed["date"].to_list() == ["1/3/2568"]
    assert night() == (dict.fromkeys(sources(), "unchanged"), {})


@pytest.mark.slow
def test_a_record_whose_registration_is_mended_to_an_older_day_is_left_out_and_the_counts_agree(canary, database):
    night()
    database.run("update registrations set date = '3/5/2562' where participant_id = 'P0021'")

    statuses, _ = night()

    assert statuses["register"] == "pulled"
    assert sources()["register"].manifests()[-1].expired == 1
    assert counted()["register"] == 20
    assert night()[0]["register"] == "unchanged"
    assert (latest(sources()["register"]).filter(_key="P0021")["_revision"] == "gone").all()


@pytest.mark.slow
def test_a_tombstone_goes_with_its_record_and_is_not_looked_at_again(canary, database):
    database.run("delete from registrations where participant_id = 'CANARY-7781'")

    statuses, rows = night()

    assert statuses["register"] == "pulled"
    assert rows["register"] == 2
    assert scan(canary, CANARIES) == {}
    assert counted()["register"] == 19
    before = {path: path.read_bytes() for path in sorted(canary.rglob("*.parquet"))}
    assert night() == (dict.fromkeys(sources(), "unchanged"), {})
    assert {path: path.read_bytes() for path in sorted(canary.rglob("*.parquet"))} == before
    assert retain(mixed.NAME, date(2124, 1, 1)).rows["register"] == 19  # the tombstone says nothing any more
    assert retain(mixed.NAME, date(2224, 1, 1)).rows == {}
