"""Whose time is over goes whole, from everything that is kept; nobody else's number changes; nothing comes back."""

import json
import shutil
from datetime import UTC, date, datetime

import polars as pl
import pytest

from flows import nightly as night
from flows.commands.landing import retain as retain_command
from flows.declared import landings_of, programme_named, warehouse_of
from flows.disclosed import periods_with_people
from flows.pull import pull
from flows.refresh import refresh
from flows.report_on_demand import report_on_demand, requested
from flows.results import results
from flows.retaining import held_in_inbox, retain
from flows.settings import settings
from flows.starter import write_starter
from flows.verifying import verify
from tests.killing import kill, points_and_finishes
from tests.scanning import scan
from transforms.errors import UserError

CANARY = {"id": "CANARY-7781", "name": "Zzcanaryname", "phone": "0899917345", "sales": "98765431", "date": "2019-05-02"}
HEADING = "participant_id,name,phone,consent,date,session,birth_year,sales_last_month,sells_online,sex\n"
ROW = "{id},{name},{phone},yes,{date},S1,1977,{sales},no,หญิง\n"
LATER = "participant_id,date,sales_last_month,sells_online,contact_result\n"
ANSWER = "{id},{date},{sales},no,ตอบครบ\n"
OLD_PERIOD = """
[[periods]]
id = "fy2562"
title = { th = "ปีงบประมาณ 2562", en = "Fiscal year 2019" }
start = 2018-10-01
end = 2019-09-30

[retention]
after = "5 years"

"""
LAST_DAY, DAY = date(2024, 9, 30), date(2024, 10, 1)
"""The last day on which those of fiscal year 2019 are kept, and the one on which they go."""

ACT = """
from datetime import date
from flows.retaining import retain
retain("village", date(2024, 10, 1))
"""


@pytest.fixture(scope="module")
def built(tmp_path_factory):
    """An installation with the sample of 2025 and, of 2019, the canary, P2 and P3, who registered again in 2025."""
    folder = tmp_path_factory.mktemp("built")
    write_starter(folder / "programmes" / "village", "village")
    path = folder / "programmes" / "village" / "programme.toml"
    text = path.read_text(encoding="utf-8")
    path.write_text(text.replace("\n[[periods]]", f"{OLD_PERIOD}[[periods]]", 1), encoding="utf-8")
    inbox = path.parent / "inbox"
    again = {"id": "P3", "name": "ค", "phone": "0822222222", "sales": "7"}
    rows = [ROW.format(**CANARY), ROW.format(id="P2", name="ข", phone="0811111111", sales="5", date="2019-09-30")]
    rows += [ROW.format(**again, date="2019-05-02").replace("S1", "S2"), ROW.format(**again, date="2025-01-15")]
    (inbox / "registration_b.csv").write_text(HEADING + "".join(rows), encoding="utf-8")
    answers = [CANARY | {"date": "2019-11-05"}, {"id": "P3", "date": "2019-11-05", "sales": "9"}]
    (inbox / "follow_up_m6_b.csv").write_text(LATER + "".join(ANSWER.format(**each) for each in answers), "utf-8")
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
    return scan(installation / "state", {kind: value for kind, value in CANARY.items() if kind != "date"})


def landings():
    return {source.id: landing for source, landing in landings_of(programme_named("village"))}


def registered():
    return landings()["registration"].submissions().select("participant_id", "date").rows()


def drop(installation, name, *rows):
    inbox = installation / "programmes" / "village" / "inbox"
    heading = HEADING if name.startswith("registration") else LATER
    (inbox / f"{name}.csv").write_text(heading + "".join(rows), encoding="utf-8")


def numbers(period):
    return [each for each in json.loads(results("village"))["estimates"] if each["period"] == period]


def test_people_are_kept_to_the_day_and_then_go_from_everything_and_nobody_else_changes(installation):
    before = numbers("fy2568")
    assert before
    assert retain("village", LAST_DAY).rows == {}
    hits = found(installation)
    assert {path.split("/")[0] for path in hits} == {"landing", "vault", "warehouse", "releases"}  # the control

    gone = retain("village", DAY)

    assert found(installation) == {}
    assert (gone.people, gone.rows) == (2, {"registration": 2, "follow_up_m6": 1})
    inbox = settings().inbox("village")
    assert gone.remaining == [
        f"{inbox / 'registration_b.csv'}: row 2, 3. Delete these rows, or the file.",
        f"{inbox / 'follow_up_m6_b.csv'}: row 2. Delete these rows, or the file.",
    ]
    assert not any(value in str(gone) for value in CANARY.values())
    assert {("P3", "2019-05-02"), ("P3", "2025-01-15")} <= set(registered())  # kept, and kept whole
    assert pull("village") == {"registration": "unchanged", "follow_up_m6": "unchanged"}
    assert retain("village", DAY).rows == {}
    refresh("village")
    assert numbers("fy2568") == before
    assert found(installation) == {}
    assert not any(each.wrong for each in verify("village"))


def test_manifests_say_how_many_rows_went_by_age(installation):
    retain("village", DAY)
    [after] = [each for each in landings()["registration"].manifests() if each.file == "registration_b.csv"]
    assert (after.rows, after.expired, after.erased, after.standing) == (4, 2, 0, 2)
    assert [each.kind for each in after.changes] == ["expired"]


def test_no_hash_of_anybody_is_left_once_it_is_done(installation):
    retain("village", DAY)
    vault = settings().vault("village")
    assert not (vault / "retention.json").exists()
    [line] = (vault / "retention.jsonl").read_text(encoding="utf-8").splitlines()
    assert json.loads(line) | {"at": ""} == {
        "at": "",
        "on": "2024-10-01",
        "before": "2019-10-01",
        "after": "5 years",
        "people": 2,
        "rows": 3,
        "corrected": [],
    }


def test_a_dry_run_counts_and_changes_nothing(installation):
    before = {path: path.read_bytes() for path in sorted(installation.rglob("*")) if path.is_file()}
    would = retain("village", DAY, dry_run=True)
    assert (would.people, would.rows) == (2, {"registration": 2, "follow_up_m6": 1})
    assert {path: path.read_bytes() for path in sorted(installation.rglob("*")) if path.is_file()} == before


def test_without_the_table_nothing_goes(installation):
    path = settings().programme_folder("village") / "programme.toml"
    path.write_text(path.read_text(encoding="utf-8").replace('[retention]\nafter = "5 years"\n', ""), encoding="utf-8")
    assert retain("village", date(2124, 1, 1)).rows == {}
    assert found(installation)


POINTS = (
    ("atomic.write", 1),  # found, nothing kept yet
    ("landing.without", 1),  # kept what to take out, nothing taken out
    ("atomic.settle", 2),  # rows written again under a temporary name
    ("atomic.write", 2),  # new Parquet there, the old manifest counts
    ("landing.Landing._settle", 2),  # follow-ups done, registrations not
    ("landing.without", 2),
    ("atomic.flush", 7),
    ("contacts._write", 1),  # landing done, vault not
    ("warehouse.Warehouse.forget", 1),
    ("atomic.append_line", 1),  # all done but for saying so
)


@pytest.mark.slow
@pytest.mark.parametrize(("place", "count", "finish"), points_and_finishes(POINTS))
def test_killed_at_any_point_it_is_finished_by_whatever_comes_next(installation, place, count, finish):
    if finish == "the next pull" and (place, count) == ("atomic.write", 1):
        pytest.skip("nothing is kept yet")
    assert found(installation)
    before = len(registered())
    kill(ACT, place, count)

    if finish == "the same command":
        retain("village", DAY)
    else:
        pull("village")

    assert found(installation) == {}
    assert {("P3", "2019-05-02"), ("P3", "2025-01-15"), ("SAMPLE-001", "2024-11-18")} <= set(registered())
    assert len(registered()) == before - 2
    assert set(pull("village").values()) == {"unchanged"}
    assert not (settings().vault("village") / "retention.json").exists()
    for landing in landings().values():
        assert not list(landing.folder.glob(".*.tmp*"))
        assert not landing.unproven()


def test_a_file_with_those_who_went_does_not_bring_them_back_and_whoever_registers_again_lands(installation):
    retain("village", DAY)
    anew = CANARY | {"date": "2025-03-01", "name": "Again"}
    kept = {"id": "P3", "name": "ค", "phone": "0822222222", "sales": "7", "date": "2019-05-02"}
    drop(installation, "registration_c", *(ROW.format(**each) for each in (CANARY, anew, kept)))
    assert pull("village")["registration"] == "pulled"
    last = landings()["registration"].manifests()[-1]
    assert (last.rows, last.expired, last.standing) == (3, 1, 2)
    assert [each for each in registered() if each[0] == CANARY["id"]] == [(CANARY["id"], "2025-03-01")]
    assert retain("village", DAY).rows == {}
    refresh("village")
    assert numbers("fy2568")
    names = [line.split(": ")[1] for line in held_in_inbox("village")]
    assert names == [
        "row 2, 3. Delete these rows, or the file.",
        "row 2. Delete these rows, or the file.",
    ]


def test_where_the_newest_file_is_the_whole_truth_old_registrations_of_who_stays_stay(installation):
    path = settings().programme_folder("village") / "programme.toml"
    replacing = 'files = "registration*.csv"\nmode = "replace"'
    path.write_text(path.read_text("utf-8").replace('files = "registration*.csv"', replacing, 1), "utf-8")
    inbox = settings().inbox("village")
    whole = (inbox / "registration_b.csv").read_text("utf-8").removeprefix(HEADING)
    sample = (inbox / "registration_sample.csv").read_text("utf-8").removeprefix(HEADING)
    drop(installation, "registration_c", whole, sample)
    pull("village")
    assert retain("village", DAY).rows["registration"] == 4  # two people in two files
    refresh("village")
    before = numbers("fy2568")
    assert before

    drop(installation, "registration_d", whole, sample, ROW.format(**CANARY | {"id": "P8", "date": "2019-02-01"}))
    pull("village")

    last = landings()["registration"].manifests()[-1]
    assert (last.rows, last.expired) == (101, 3)
    assert retain("village", DAY).rows == {}
    refresh("village")
    assert numbers("fy2568") == before
    with warehouse_of(programme_named("village")).open() as reader:
        [balance] = [row for row in reader.query("balance").to_dicts() if row["source"] == "registration"]
    assert (balance["landed"], balance["deleted"]) == (294, 0)


def test_a_follow_up_of_nobody_goes_when_its_registration_would(installation):
    retain("village", DAY)
    drop(installation, "follow_up_m6_c", ANSWER.format(**CANARY | {"date": "2019-11-06"}))
    pull("village")
    assert retain("village", DAY).rows == {"follow_up_m6": 1}
    assert found(installation) == {}
    drop(installation, "follow_up_m6_d", ANSWER.format(**CANARY | {"date": "2020-04-01"}))
    pull("village")
    assert retain("village", date(2024, 10, 1)).rows == {}
    assert retain("village", date(2024, 10, 2)).rows == {"follow_up_m6": 1}


def test_a_longer_time_declared_later_leaves_nothing_new_out(installation):
    retain("village", DAY)
    path = settings().programme_folder("village") / "programme.toml"
    path.write_text(path.read_text(encoding="utf-8").replace('"5 years"', '"9 years"'), encoding="utf-8")
    drop(installation, "registration_c", ROW.format(**CANARY))
    pull("village")
    assert (CANARY["id"], CANARY["date"]) in registered()


def test_a_sealed_landing_is_taken_from_and_stays_sealed(installation, monkeypatch):
    monkeypatch.setenv("IMPACT_LANDING_KEY", "ab" * 32)
    drop(installation, "registration_c", ROW.format(**CANARY | {"id": "P9"}))
    pull("village")
    assert retain("village", DAY).rows["registration"] == 3
    assert landings()["registration"].manifests()[-1].parquet.endswith("-1.parquet.sealed")
    assert "P9" not in {each for each, _ in registered()}


def test_corrections_of_those_who_went_stop_nobody_and_a_corrected_day_counts(installation):
    folder, vault = settings().programme_folder("village"), settings().vault("village")
    head = "submission,field,old,new,action,reason,by,on\n"
    typo = "registration_b.csv#3,registered_on,2019-09-30,2024-12-30,replace,typo,Ann,2025-01-01\n"
    gone = "registration_b.csv#2,sells_online,no,yes,replace,called,Ann,2025-01-01\n"
    (folder / "corrections.csv").write_text(head + typo + gone, encoding="utf-8")
    (vault / "corrections.csv").write_text(
        head + f"registration_b.csv#2,full_name,{CANARY['name']},x,replace,y,Ann,2025-01-01\n", encoding="utf-8"
    )
    refresh("village")
    done = retain("village", DAY)
    assert (done.people, done.rows) == (1, {"registration": 1, "follow_up_m6": 1})
    assert f"{folder / 'corrections.csv'}: line 3. Delete these lines." in done.remaining
    assert found(installation) == {}
    assert refresh("village").is_file()  # though the line still stands there
    (folder / "corrections.csv").write_text(head + typo + gone.replace("#2", "#99"), encoding="utf-8")
    with pytest.raises(UserError, match="#99"):
        refresh("village")


def test_a_person_with_two_ids_is_kept_by_the_later_one_where_they_are_linked(installation):
    path = settings().programme_folder("village") / "programme.toml"
    linking = '\n[linking]\nname = ["full_name"]\nphone = "phone"\nbirth_year = "birth_year"\n'
    path.write_text(path.read_text(encoding="utf-8") + linking, encoding="utf-8")
    drop(installation, "registration_c", ROW.format(**CANARY | {"id": "OTHER-1", "date": "2025-03-01"}))
    pull("village")
    refresh("village")
    done = retain("village", DAY)
    assert (done.people, done.rows["registration"]) == (1, 1)
    assert (CANARY["id"], CANARY["date"]) in registered()
    retain("village", date(2030, 10, 1))
    assert registered() == []
    assert refresh("village").is_file()


def test_call_lists_go_and_nobodys_lines_of_the_vault_stay(installation):
    vault = settings().vault("village")
    (vault / "calls-m6.xlsx").write_bytes(CANARY["name"].encode())
    retain("village", DAY)
    assert not (vault / "calls-m6.xlsx").exists()
    assert CANARY["id"] not in set(pl.read_parquet(vault / "contacts-registration.parquet")["participant_id"])


def test_a_period_whose_people_went_is_neither_reported_nor_published_though_some_are_left(installation):
    with warehouse_of(programme_named("village")).open() as reader:
        assert periods_with_people(reader, programme_named("village")) == ["fy2562", "fy2568"]
    assert numbers("fy2562")
    retain("village", DAY)
    refresh("village")
    with warehouse_of(programme_named("village")).open() as reader:
        assert reader.table("funnel").filter(period="fy2562").height  # P3, who registered again
        assert periods_with_people(reader, programme_named("village")) == ["fy2568"]
    assert not numbers("fy2562")
    with pytest.raises(UserError, match=r"'fy2562' were taken out on 2024-10-01, 5 years after its end"):
        report_on_demand(requested(programme="village", period="fy2562", languages=["th"]))


def test_when_nobody_is_left_the_run_ends_well_and_a_report_is_refused(installation):
    retain("village", date(2030, 10, 1))
    assert registered() == []
    assert refresh("village").is_file()
    with pytest.raises(UserError, match="'fy2568' were taken out"):
        report_on_demand(requested(programme="village", languages=["th"]))
    assert set(pull("village").values()) == {"unchanged"}


def test_an_earlier_moment_does_not_bring_anybody_back_and_says_so(installation, caplog):
    moment = datetime.now(UTC)
    retain("village", DAY)
    with caplog.at_level("WARNING", logger="impact"):
        path = refresh("village", as_of=moment)
    assert "not in it are people taken out since then, their time being over: 2 (2024-10-01)" in caplog.text
    assert path.is_file()
    assert found(installation) == {}


def test_the_night_takes_them_out_and_says_how_many_and_never_who(installation, monkeypatch, caplog):
    monkeypatch.setattr(night, "publish", lambda programme, languages: [])
    with caplog.at_level("INFO", logger="impact"):
        night.nightly(["village"])
    assert "village: taken out, their time being over: people: 2, rows: 3" in caplog.text
    assert "registration_b.csv: row 2, 3. Delete these rows" in caplog.text
    assert not any(value in caplog.text for value in CANARY.values())
    assert found(installation) == {}


def test_the_command_counts_first_and_then_takes_out_and_makes_the_warehouse_anew(installation, capsys):
    retain_command("village", dry_run=True)
    assert (
        capsys.readouterr().out
        == "village: would be taken out. People: 2. Rows: 2 of registration, 1 of follow_up_m6.\n"
    )
    retain_command("village")
    said = capsys.readouterr().out
    assert said.startswith("village: taken out. People: 2. Rows: 2 of registration, 1 of follow_up_m6.\n")
    assert "registration_b.csv: row 2, 3. Delete these rows, or the file." in said
    assert "The warehouse is built anew: " in said
    retain_command("village")
    said = capsys.readouterr().out
    assert said.startswith("village: taken out. People: 0. Rows: none.\n")
    assert "registration_b.csv: row 2, 3. Delete these rows, or the file." in said  # while they stand there
    assert "anew" not in said


def test_where_nothing_is_landed_yet_nothing_goes(village):
    path = village / "programme.toml"
    path.write_text(path.read_text("utf-8") + '\n[retention]\nafter = "5 years"\n', "utf-8")
    assert retain("village", date(2124, 1, 1)).rows == {}
    assert retain("village", date(2124, 1, 1), dry_run=True).people == 0
    assert held_in_inbox("village") == []
