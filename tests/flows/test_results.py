import json

import polars as pl
import pytest

from flows.results import results, without_formulas
from transforms.bases import FEWEST_DF

NAME = "michigan_training"


@pytest.fixture(autouse=True)
def installation(installation_with_warehouse, monkeypatch):
    for name, value in installation_with_warehouse.items():
        monkeypatch.setenv(name, value)


def test_results_hold_only_what_may_be_shown():
    estimates = json.loads(results(NAME))["estimates"]
    assert estimates
    hidden = [each for each in estimates if each["visibility"] == "suppressed"]
    assert hidden
    assert all(each["value"] is None and each["n"] is None for each in hidden)


def test_results_hold_no_interval_that_rests_on_too_few_groups():
    shown = [each for each in json.loads(results(NAME))["estimates"] if each["visibility"] == "shown"]
    few = [each for each in shown if each["df"] is not None and each["df"] < FEWEST_DF]
    assert {(each["low"], each["high"], each["no_interval"]) for each in few} <= {(None, None, "few_groups")}
    assert all(each["no_interval"] is None for each in shown if each not in few)


def test_both_formats_hold_the_same_rows():
    rows = pl.read_csv(results(NAME, "csv").encode())
    assert rows["estimate"].to_list() == [each["estimate"] for each in json.loads(results(NAME))["estimates"]]


def test_text_that_a_spreadsheet_would_run_gets_an_apostrophe():
    frame = pl.DataFrame({"text": ["=1+1", "-", "\t1", "\r1", "\n1", "plain", None], "number": [-1.0, *[None] * 6]})
    assert without_formulas(frame)["text"].to_list() == ["'=1+1", "'-", "'\t1", "'\r1", "'\n1", "plain", None]
    assert without_formulas(frame)["number"].equals(frame["number"])
