"""Corrections on their way: from two files to the warehouse, and loud where they do not hold."""

import csv

import polars as pl
import pytest

from flows.corrections import corrections_of
from flows.declared import programme_named, warehouse_of
from flows.erasing import erase
from flows.pull import pull
from flows.refresh import refresh
from flows.results import flagged, rejected_rows
from flows.settings import settings
from transforms.checking.corrections import COLUMNS
from transforms.errors import ProgrammeError

NAME = "village"
SHEET = "registration_sample.csv"
CANARY = "ZZ-canary"


@pytest.fixture
def village(village):
    """A programme with the starter's sample, pulled."""
    pull(NAME)
    return village


@pytest.fixture
def written(village):
    """Writes lines of corrections into the programme's folder, or into the vault."""

    def write(*lines, private=False):
        path = settings().vault_corrections(NAME) if private else village / "corrections.csv"
        settings().vault(NAME)
        with path.open("w", newline="", encoding="utf-8") as file:
            rows = csv.DictWriter(file, COLUMNS, restval="")
            rows.writeheader()
            rows.writerows(
                {"reason": "misread", "by": "S.K.", "on": "2026-06-02", "action": "replace"} | line for line in lines
            )

    return write


def received(village, row):
    """A row of the sample as received, by heading; the heading is row 1."""
    with (village / "inbox" / SHEET).open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))[row - 2]


def table(name):
    with warehouse_of(programme_named(NAME)).open() as reader:
        return reader.sql(f"select * from {name} order by all")


def test_a_correction_changes_the_warehouse_and_leaves_the_landing(village, written):
    before = refresh(NAME)
    landed = {path: path.read_bytes() for path in settings().landing(NAME).rglob("*.parquet")}
    sales = table("enrolments")["sales"].sum()
    old = received(village, 2)["sales_last_month"]
    written({"submission": f"{SHEET}#2", "field": "sales", "old": old, "new": "1000000"})
    assert refresh(NAME) != before
    was = float(old.replace(",", ""))
    assert table("enrolments")["sales"].sum() == pytest.approx(sales - was + 1_000_000)
    assert {path: path.read_bytes() for path in settings().landing(NAME).rglob("*.parquet")} == landed
    assert table("corrections").select("submission", "field", "action", "corrected_by").rows() == [
        (f"{SHEET}#2", "sales", "replace", "S.K.")
    ]


def test_what_impact_rejects_prints_can_be_mended(village, written):
    refresh(NAME)
    _, line = csv.DictReader(rejected_rows(NAME).splitlines())
    assert (line["field"], line["rule"]) == ("sales", "not_a_number")
    row = int(line["submission"].rpartition("#")[2])
    old = received(village, row)["sales_last_month"]
    written({"submission": line["submission"], "field": "sales", "old": old, "new": "900"})
    refresh(NAME)
    assert table("rejects").filter(rule="not_a_number").is_empty()


def test_a_dropped_submission_counts_as_rejected_in_the_balance(village, written):
    refresh(NAME)
    before = table("balance").filter(source="registration")["rejected"].item()
    written({"submission": f"{SHEET}#2", "action": "drop"})
    refresh(NAME)
    assert table("balance").filter(source="registration")["rejected"].item() == before + 1
    assert "dropped_by_correction" in rejected_rows(NAME)


def test_a_correction_in_the_vault_makes_a_new_warehouse_and_is_told_nowhere(village, written):
    before = refresh(NAME)
    old = received(village, 3)["name"]
    line = {"submission": f"{SHEET}#3", "field": "full_name", "old": old, "new": CANARY, "reason": f"is {CANARY}"}
    written(line, private=True)
    path = refresh(NAME)
    assert path != before
    assert table("corrections").select("field", "old", "new", "reason").rows() == [("full_name", None, None, None)]
    assert CANARY.encode() not in path.read_bytes()
    contacts = pl.read_parquet(settings().vault(NAME) / "contacts-registration.parquet")
    assert CANARY in contacts["full_name"].to_list()


def test_once_the_source_is_mended_the_run_stops_and_says_which_line_to_delete(village, written, caplog):
    before = refresh(NAME)
    written(
        {"submission": f"{SHEET}#2", "field": "sales", "old": CANARY, "new": "1"},
        {"submission": f"{SHEET}#999", "field": "sales", "old": CANARY, "new": "1"},
    )
    with pytest.raises(ProgrammeError) as error:
        refresh(NAME)
    mended, unknown = error.value.mistakes
    assert f"{village / 'corrections.csv'}, line 2: 'sales'" in mended
    assert "delete line 2" in mended
    assert "no submission 'registration_sample.csv#999' is landed" in unknown
    assert CANARY not in str(error.value) + caplog.text
    assert warehouse_of(programme_named(NAME)).current() == before


def test_identity_in_the_programmes_folder_is_refused_and_not_repeated(village, written):
    written({"submission": f"{SHEET}#3", "field": "phone", "old": "", "new": CANARY})
    with pytest.raises(ProgrammeError) as error:
        corrections_of(programme_named(NAME))
    assert "'phone' tells who somebody is" in str(error.value)
    assert str(settings().vault_corrections(NAME)) in str(error.value)
    assert CANARY not in str(error.value)


def test_the_same_answer_corrected_in_both_files_is_refused(village, written):
    line = {"submission": f"{SHEET}#2", "field": "sales", "old": "1", "new": "2"}
    written(line)
    written(line, private=True)
    with pytest.raises(ProgrammeError, match=r"is replaced by .* too"):
        corrections_of(programme_named(NAME))


def test_an_accepted_flag_is_counted_and_no_longer_listed(village, written):
    old = received(village, 2)["sales_last_month"]
    odd = {"submission": f"{SHEET}#2", "field": "sales", "old": old, "new": "99000000"}
    written(odd)
    refresh(NAME)
    noticed = flagged(NAME, "outlier_sd")
    assert f"outlier_sd\tregistration\t{SHEET}#2\tsales\t+" in noticed
    assert "99000000" not in flagged(NAME, format="csv")
    written(odd, {"submission": f"{SHEET}#2", "field": "sales", "action": "accept"})
    refresh(NAME)
    accepted = flagged(NAME, "outlier_sd")
    assert f"{SHEET}#2" not in accepted
    assert accepted.endswith("accepted: 1.\n")


def test_an_erased_id_that_only_a_correction_gave_is_forgotten_and_told(village, written):
    own, other = received(village, 2)["participant_id"], received(village, 3)["participant_id"]
    line = {"submission": f"{SHEET}#3", "field": "participant_id", "old": other, "new": own}
    written(line, {"submission": f"{SHEET}#4", "field": "sales", "old": "7", "new": "8"}, private=True)
    erased = erase(NAME, own, None, "asked by letter")
    left = settings().vault_corrections(NAME).read_text(encoding="utf-8")
    assert f"{SHEET}#4" in left
    assert own not in left
    assert [told for told in erased.remaining if f"'{SHEET}#3'" in told and "erase that too" in told]
    assert own not in "".join(erased.remaining)
