"""Every number that moved between two versions is explained: a scripted history in which all causes act at once."""

import csv
import json
import shutil

import duckdb
import polars as pl
import pytest

from flows import declared, refresh
from flows.comparing import compare
from flows.declared import programme_named, warehouse_of
from flows.erasing import erase
from flows.pull import pull
from flows.starter import write_starter
from flows.stores.warehouse import reading
from flows.telling_comparison import told
from tests import mixed
from transforms.checking.corrections import COLUMNS
from transforms.comparing.version import CAUSES
from transforms.errors import UserError
from transforms.measure import measure

NAME = "village"
SILENT = {"contact_result": "not_reached", "sales_last_month": "", "sells_online": ""}
SCRIPT = {
    "definition": 0,
    "taken_out": 1,
    "deletions": 3,
    "corrections": 17,
    "late_answers": 12,
    "new_answers": 10,
    "new_registrations": 20,
}
"""How many people change by each cause that changes people's rows."""
EVERYBODY = "fy2568.people_trained.count.registration.all.programme.all."
ONLINE = "fy2568.sells_online.level.m6.all.programme.all."
SALES = "fy2568.sales.level.m6.all.programme.all."


def answers(numbers, **other):
    return [mixed.follow_up(number, "2025-07-15", number % 2 == 0) | other for number in numbers]


def drop(folder, name, rows):
    (folder / "inbox" / name).write_text(mixed.csv_of(rows), encoding="utf-8")


def correct(folder, rows):
    with (folder / "corrections.csv").open("w", newline="", encoding="utf-8") as file:
        lines = csv.DictWriter(file, COLUMNS, restval="")
        lines.writeheader()
        about = {"field": "sales", "action": "replace", "reason": "misread", "by": "S.K.", "on": "2025-08-02"}
        for row, person in enumerate(rows, start=2):
            submission = f"follow_up_m6_1.csv#{row}"
            old = mixed.follow_up(person, "", True)["sales_last_month"]
            lines.writerow(about | {"submission": submission, "old": old, "new": "77000"})


def declare(folder):
    path = folder / "programme.toml"
    text = path.read_text(encoding="utf-8")
    path.write_text(
        text.replace('files = "registration*.csv"', 'files = "registration*.csv"\nmode = "replace"'), "utf-8"
    )
    shutil.rmtree(folder / "inbox")
    (folder / "inbox").mkdir()


def first_night(folder):
    """Eighty people; of sixty called forty-five answer. An older version of the code finds higher sales."""
    drop(folder, "registration_1.csv", [mixed.registration(number) for number in range(80)])
    drop(folder, "follow_up_m6_1.csv", answers([*range(40), *range(55, 60)]))
    drop(folder, "follow_up_m6_2.csv", answers(range(40, 55), **SILENT))
    with pytest.MonkeyPatch.context() as older:
        older.setattr(declared, "code_version", lambda: "0.0+older")
        older.setattr(
            refresh,
            "measure_responses",
            lambda responses, programme: measure(responses, programme).with_columns(pl.col("sales") * 1.1),
        )
        pull(NAME)
        return refresh.refresh(NAME)


def second_night(folder):
    """All at once: somebody erased, three gone, answers corrected and edited, late and new ones, another definition."""
    indicators = folder / "indicators.toml"
    text = indicators.read_text(encoding="utf-8")
    indicators.write_text(text.replace('value = "sells_online"', 'value = "not sells_online"'), encoding="utf-8")
    erase(NAME, "P0079", None, "asked by letter")
    (folder / "inbox" / "registration_1.csv").unlink()
    there = [*range(76), *range(80, 100)]
    drop(folder, "registration_2.csv", [mixed.registration(number) for number in there])
    correct(folder, range(12))
    drop(folder, "follow_up_m6_3.csv", answers(range(20, 25), sales_last_month="88000"))
    drop(folder, "follow_up_m6_4.csv", answers([*range(40, 52), *range(60, 70)]))
    pull(NAME)
    return refresh.refresh(NAME)


@pytest.fixture(scope="module")
def history(tmp_path_factory):
    """The two versions; the first one as a backup has it, since an erasure unlinks every older version."""
    folder = tmp_path_factory.mktemp("history")
    with pytest.MonkeyPatch.context() as patched:
        patched.setenv("IMPACT_PROGRAMMES", str(folder / "programmes"))
        patched.setenv("IMPACT_STATE", str(folder / "state"))
        patched.delenv("PREFECT_API_URL", raising=False)
        write_starter(folder / "programmes" / NAME, NAME)
        declare(folder / "programmes" / NAME)
        first = first_night(folder / "programmes" / NAME)
        backup = shutil.copy2(first, folder / "backup.duckdb")
        second = second_night(folder / "programmes" / NAME)
        shutil.copy2(backup, first)
        yield first, second


@pytest.fixture(scope="module")
def comparison(history):
    return compare(NAME, history[0].stem, "current")


def number(comparison, estimate, figure="value"):
    [row] = comparison.numbers.filter(estimate=estimate, figure=figure).to_dicts()
    return row


def parts(row):
    return {cause: row[cause] for cause in CAUSES if row[cause]}


def test_every_number_that_moved_is_explained_and_every_cause_has_its_people(comparison):
    before, after = (each.estimates for each in (comparison.before, comparison.after))
    both = before.join(after, on="estimate", how="full", coalesce=True, suffix="_now")
    moved = both.filter(pl.col("value").ne_missing(pl.col("value_now")))["estimate"]
    assert set(moved) == set(comparison.numbers.filter(figure="value")["estimate"])
    assert comparison.unexplained == 0
    assert comparison.people == {cause: people for cause, people in SCRIPT.items() if people}
    causes = set(comparison.numbers["causes"].explode())
    assert causes == {*SCRIPT, "code"}
    assert comparison.definitions == ["indicators.sells_online.value"]


def test_the_parts_of_every_number_add_up_to_its_difference(comparison):
    numbers = comparison.numbers.drop_nulls("difference")
    left = numbers.select(left=(pl.col("difference") - pl.sum_horizontal(CAUSES)).abs(), of=pl.col("difference").abs())
    assert numbers.height > 100
    assert left.filter(pl.col("left") > 1e-9 * pl.max_horizontal("of", 1)).is_empty()
    assert numbers.filter(pl.col("unexplained").abs() > 0).is_empty()


def test_counts_are_split_as_the_history_was_written(comparison):
    everybody = number(comparison, EVERYBODY)
    assert (everybody["before"], everybody["after"]) == (80, 96)
    assert parts(everybody) == {"taken_out": -1, "deletions": -3, "new_registrations": 20}
    assert parts(number(comparison, ONLINE, "n")) == {"late_answers": 12, "new_answers": 10}


def test_an_older_code_another_definition_and_corrections_each_have_their_part(comparison):
    sales = number(comparison, SALES)
    assert sales["code"] == pytest.approx(sales["before"] / 1.1 - sales["before"])
    assert {"code", "corrections", "late_answers", "new_answers"} <= set(sales["causes"])
    assert "definition" not in sales["causes"]
    online = number(comparison, ONLINE)
    assert online["definition"] == pytest.approx(1 - 2 * online["before"])
    assert "code" not in online["causes"]


def test_numbers_that_appear_and_vanish_are_explained_too(history, comparison):
    backwards = compare(NAME, "current", history[0].stem)
    assert backwards.unexplained == 0
    for told_of, change in ((comparison, "appeared"), (backwards, "vanished")):
        rows = told_of.numbers.filter(change=change).to_dicts()
        assert rows
        assert all(row["causes"] for row in rows)


def test_amounts_on_few_people_are_left_out_unless_asked_for(comparison):
    shown, whole = (json.loads(told(comparison, "json", 5, exact=exact)) for exact in (False, True))
    few = {row["estimate"] for row in shown["numbers"] if row["difference"] is None and row["words_after"] is None}
    assert EVERYBODY in few  # one person was erased
    assert not [row for row in shown["numbers"] if row["estimate"] in few and row["parts"]]
    assert {row["estimate"] for row in whole["numbers"] if row["difference"] is not None} >= few
    assert [row["cause"] for row in shown["causes"]] == [cause for cause in CAUSES if cause in {*SCRIPT, "code"}]


def test_a_person_reads_the_causes_first_and_no_ones_data(comparison):
    text = told(comparison, "text", 5)
    assert text.index("late_answers") < text.index("made up of")
    assert "erased since: 1" in text
    assert text.endswith("moved; unexplained: 0.\n")
    people = [*comparison.before.responses["participant"], "P0079", "นามสมมติ"]
    assert not [each for each in people if each in text + told(comparison, "csv", 5, exact=True)]


def test_a_number_that_nothing_explains_is_noticed(history, tmp_path):
    """The control: one number of the later version is another one than its rows give."""
    second = history[1]
    kept = shutil.copy2(second, tmp_path / "kept.duckdb")
    second.chmod(0o600)
    with duckdb.connect(second) as spoiled:
        spoiled.execute("update estimates set value = value + 1 where estimate = ?", [EVERYBODY])
    try:
        found = compare(NAME, history[0].stem, second.stem)
    finally:
        shutil.copy2(kept, second)
    assert found.unexplained == 1
    row = number(found, EVERYBODY)
    assert row["unexplained"] == 1
    assert told(found, "text", 5).endswith("UNEXPLAINED: 1.\n")


def test_an_earlier_moment_is_built_again_without_whom_nobody_may_bring_back(history, tmp_path):
    first, _ = history
    with reading(first) as reader:
        moment = reader.table("build")["built_at"][0].isoformat()
    away = shutil.move(first, tmp_path / first.name)
    try:
        found = compare(NAME, moment, "current")
    finally:
        shutil.move(away, first)
    assert (found.unexplained, found.erased) == (0, 1)
    # The day on which a correction was made tells that it was known; declarations and code are today's.
    told_by = {"deletions": 3, "corrections": 5, "late_answers": 12, "new_answers": 10, "new_registrations": 20}
    assert found.people == told_by


def test_a_version_is_compared_with_itself_and_nothing_moved(history):
    found = compare(NAME, "current", history[1].stem[3:8])
    assert found.numbers.is_empty()
    assert "No number moved" in told(found, "text", 5)


def test_what_is_no_version_names_those_that_there_are(history):
    with pytest.raises(UserError, match=r"no version 'yesterday'.*wh-.*2026-05-01"):
        compare(NAME, "yesterday", "current")
    assert warehouse_of(programme_named(NAME)).current() == history[1]
