"""What must not change a number: the same people and answers sent in another way, on another machine.

From the inbox to the estimates. tests/transforms/test_estimate.py holds the same of the estimates alone.
"""

import csv
import os
import random
import re
import shutil
import subprocess
import sys

import polars as pl
import pytest

from flows.settings import ROOT
from flows.starter import write_starter
from tests.estimating import estimates_of
from tests.same_numbers import same_numbers, told_in_other_units

REGISTRATIONS, FOLLOW_UPS = "registration_sample.csv", "follow_up_m6_sample.csv"
TREATED = ("S1", "S3", "S5", "S7")
DESIGN = """[design]
kind = "difference_in_differences"
treatment = "session in ({sessions}) and round <> 'registration'"
cluster = "session"
arms = {{ treated = {{ th = "ก", en = "t" }}, comparison = {{ th = "ข", en = "c" }} }}
"""
INDICATOR = """
[indicators.{name}]
title = {{ th = "ก", en = "a" }}
meaning = {{ th = "ก", en = "a" }}
unit = {{ th = "ก", en = "a" }}
section = "growth"
value = "sales"
shown_as = "money"
when_closed = 0
"""
MORE = {
    "takings": 'statistic = "mean"',
    "swing": 'statistic = "money"',
    "of_age": 'statistic = "ratio"\nper = "2025 - birth_year"',
}
IN_BAHT = ("takings", "swing", "of_age")
AGAIN = ["SAMPLE-001,ตัวอย่างสมมุติ 001,,yes,2024-12-20,S2,1977,9900,yes,หญิง"]
"""Somebody who came back for another course, a month later."""


@pytest.fixture(scope="module")
def places(tmp_path_factory):
    return tmp_path_factory.mktemp("invariance")


@pytest.fixture(scope="module")
def village(places):
    """Estimates of the starter's sample with a comparison group and every kind of mean, once its inbox was changed."""

    def estimated(name, sent=None, sessions=TREATED):
        """`sent`: file by file its lines, the headings first."""
        folder = places / name / "programmes" / "village"
        write_starter(folder, "village")
        declare(folder, sessions)
        for path in (folder / "inbox").iterdir():
            path.unlink()
        for file, lines in (sent or sample()).items():
            (folder / "inbox" / file).write_text("\n".join(lines) + "\n", encoding="utf-8")
        with pytest.MonkeyPatch.context() as patched:
            patched.delenv("PREFECT_API_URL", raising=False)
            patched.setenv("IMPACT_PROGRAMMES", str(places / name / "programmes"))
            patched.setenv("IMPACT_STATE", str(places / name / "state"))
            return estimates_of("village")

    return estimated


def declare(folder, sessions):
    declared = (folder / "programme.toml").read_text(encoding="utf-8")
    design = DESIGN.format(sessions=", ".join(f"'{each}'" for each in sessions))
    declared = re.sub(r"\[design\]\nkind = .*\ncluster = .*\n", design, declared)
    (folder / "programme.toml").write_text(declared, encoding="utf-8")
    with (folder / "indicators.toml").open("a", encoding="utf-8") as indicators:
        indicators.writelines(INDICATOR.format(name=name) + f"{statistic}\n" for name, statistic in MORE.items())


def sample():
    """The starter's two files, line by line, with one person who came back."""
    inbox = ROOT / "flows" / "starter_files" / "inbox"
    sent = {name: (inbox / name).read_text(encoding="utf-8").splitlines() for name in (REGISTRATIONS, FOLLOW_UPS)}
    sent[REGISTRATIONS] += AGAIN
    return sent


@pytest.fixture(scope="module")
def expected(village):
    found = village("as_it_is")
    methods = found["method"].unique()
    assert methods.str.contains("ratio_of_ratios_cr2|winsorised_difference|paired_ratio_change").sum() >= 3
    assert found.filter(pl.col("quantity") == "effect")["p_value"].null_count() == 0
    return found


def test_the_order_of_rows_in_a_file_changes_no_number(village, expected):
    shuffled = {}
    for name, (headings, *rows) in sample().items():
        random.Random(1).shuffle(rows)
        shuffled[name] = [headings, *rows]
    same_numbers(village("shuffled", shuffled), expected)


def test_a_submission_sent_again_changes_no_number(village, expected):
    again = {name: [*lines, *lines[1:40]] for name, lines in sample().items()}
    again |= {f"{name[:-4]}_again.csv": lines for name, lines in sample().items()}
    same_numbers(village("again", again), expected)


def test_the_same_rows_in_several_files_change_no_number(village, expected):
    parts = {
        f"{name[:-4]}_{part}.csv": [headings, *rows[part::3]]
        for name, (headings, *rows) in sample().items()
        for part in range(3)
    }
    same_numbers(village("in_parts", parts), expected)


def test_other_ids_for_people_and_sessions_change_no_number(village, expected):
    renamed = {
        name: [re.sub(r"SAMPLE-(\d)(\d)(\d)", r"X\3\1\2-A", re.sub(r",S(\d),", r",COURSE \1,", line)) for line in lines]
        for name, lines in sample().items()
    }
    found = village("renamed", renamed, [each.replace("S", "COURSE ") for each in TREATED])
    back = found.with_columns(pl.col("estimate", "group").str.replace("COURSE ", "S"))
    same_numbers(back, expected)


def test_money_a_hundred_times_as_large_scales_values_and_leaves_ratios_and_p(village, expected):
    in_satang = {name: hundredfold(lines, "sales_last_month") for name, lines in sample().items()}
    found = village("in_satang", in_satang)
    level_of_sales = (pl.col("indicator") == "sales") & (pl.col("quantity") == "level")
    in_baht = (pl.col("indicator").is_in(IN_BAHT) | level_of_sales) & ~pl.col("term").is_in(["positive", "survivors"])
    in_money = in_baht | (pl.col("term") == "winsorised")
    same_numbers(told_in_other_units(found, 100, in_money), expected)


def hundredfold(lines, heading):
    """The lines with that answer's numbers, some in Thai digits, a hundred times as large."""
    headings, *rows = csv.reader(lines)
    column = headings.index(heading)
    for row in rows:
        bare = row[column].replace(",", "")
        row[column] = bare + "00" if bare.isdigit() else bare
    return [",".join(row) for row in (headings, *rows)]


def test_a_single_other_answer_would_be_noticed(village, expected):
    changed = sample()
    changed[FOLLOW_UPS] = [line.replace("7100,no", "7101,no") for line in changed[FOLLOW_UPS]]
    with pytest.raises(AssertionError):
        same_numbers(village("changed", changed), expected)


MACHINES = {
    "one_thread_far_east": {"POLARS_MAX_THREADS": "1", "TZ": "Pacific/Kiritimati", "LC_ALL": "C"},
    "two_threads_far_west": {"POLARS_MAX_THREADS": "2", "TZ": "America/Los_Angeles", "LC_ALL": "th_TH.UTF-8"},
}


def test_threads_time_zone_and_locale_change_no_number(expected, places):
    processes = []
    for name, environment in MACHINES.items():
        folder = places / name
        shutil.copytree(places / "as_it_is" / "programmes", folder / "programmes")
        here = {"IMPACT_PROGRAMMES": str(folder / "programmes"), "IMPACT_STATE": str(folder / "state")}
        command = [sys.executable, "-m", "tests.estimating", "village", str(folder)]
        processes.append(subprocess.Popen(command, cwd=ROOT, env=os.environ | here | environment))
    assert [each.wait() for each in processes] == [0, 0]
    of_many = []
    for name in MACHINES:
        same_numbers(pl.read_parquet(places / name / "of_inbox.parquet"), expected)
        of_many.append(pl.read_parquet(places / name / "of_many.parquet"))
    same_numbers(*of_many)
