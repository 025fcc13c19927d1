"""The call list lies in the vault, for its owner alone, and says what a caller needs and no more."""

import stat

import polars as pl
import pytest

from flows.calls import call_list
from flows.erasing import erase
from flows.pull import pull
from flows.refresh import refresh
from flows.settings import settings
from transforms.errors import UserError

NAME = "village"


@pytest.fixture
def village(village):
    """A programme with the starter's sample; one person's name is a formula."""
    sheet = village / "inbox" / "registration_sample.csv"
    rows = pl.read_csv(sheet, infer_schema=False)
    rows.with_columns(name=pl.lit("=1+1")).write_csv(sheet)
    pull(NAME)
    refresh(NAME)
    return village


def test_the_list_lies_in_the_vault_for_its_owner_alone(village):
    made = call_list(NAME, "m6")
    assert made.path == settings().vault(NAME) / "calls-m6.xlsx"
    assert stat.S_IMODE(made.path.stat().st_mode) == 0o600
    assert [each.name for each in made.path.parent.glob(".*")] == []


def test_whoever_is_to_be_called_is_listed_with_name_and_number(village):
    made = call_list(NAME, "m6", "csv")
    people = pl.read_csv(made.path, infer_schema=False)
    listed = dict(people["status"].value_counts().iter_rows())
    assert listed == {
        status: made.counts[status] for status in ("to_call", "not_reached", "reached") if made.counts[status]
    }
    assert made.counts["not_reached"] > 0
    calling = people.filter(pl.col("status") != "reached")
    assert calling["phone"].str.contains(r"^\+66\d+$").all()
    assert set(calling["full_name"]) == {"'=1+1"}
    assert {"session", "contact_result", "due_on"} <= set(people.columns)


def test_whoever_was_reached_is_listed_by_code_alone(village):
    people = pl.read_csv(call_list(NAME, "m6", "csv").path, infer_schema=False)
    reached = people.filter(pl.col("status") == "reached")
    assert reached.height > 0
    assert reached["participant_id"].null_count() == 0
    assert reached.select("full_name", "phone").null_count().row(0) == (reached.height, reached.height)


def test_whoever_refused_or_closed_is_on_no_list(village):
    made = call_list(NAME, "m6", "csv")
    people = pl.read_csv(made.path, infer_schema=False)
    assert made.counts["refused"] + made.counts["closed"] > 0
    assert not {"refused", "closed"} & set(people["status"])


def test_a_workbook_says_the_same_as_the_csv(village):
    table = pl.read_csv(call_list(NAME, "m6", "csv").path, infer_schema=False).fill_null("")
    workbook = pl.read_excel(call_list(NAME, "m6").path, infer_schema_length=0).fill_null("")
    assert workbook.rows() == table.rows()


def test_a_round_that_there_is_not_names_the_nearest(village):
    with pytest.raises(UserError, match=r"--round m66: no follow-up round of village. Names that come close: m6."):
        call_list(NAME, "m66")
    with pytest.raises(UserError, match="no follow-up round"):
        call_list(NAME, "registration")


@pytest.mark.parametrize("sheet", ["csv", "xlsx"])
def test_no_list_outlives_the_erasure_of_somebody_on_it(village, sheet):
    people = pl.read_csv(call_list(NAME, "m6", "csv").path, infer_schema=False)
    path = call_list(NAME, "m6", sheet).path
    erase(NAME, people["participant_id"][0], None, "asked by letter")
    assert not path.exists()
