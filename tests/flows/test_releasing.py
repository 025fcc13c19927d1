"""Between two releases nothing can be told of a few: their changes wait, or the figures stay as they are."""

import json

import polars as pl
import pytest

from flows.declared import programme_named, releases_of, warehouse_of
from flows.erasing import erase
from flows.gate import HeldError, gate_table
from flows.publish import publish
from flows.pull import pull
from flows.refresh import refresh
from flows.results import results
from flows.starter import write_starter
from flows.stores import atomic
from flows.stores import releases as store
from transforms.disclosure import protecting
from transforms.errors import UserError

NAME = "village"
SAMPLE = "inbox/follow_up_m6_sample.csv"


@pytest.fixture
def folder(tmp_path, monkeypatch):
    write_starter(tmp_path / "programmes" / NAME, NAME)
    monkeypatch.setenv("IMPACT_PROGRAMMES", str(tmp_path / "programmes"))
    monkeypatch.setenv("IMPACT_STATE", str(tmp_path / "state"))
    monkeypatch.delenv("PREFECT_API_URL", raising=False)
    return tmp_path / "programmes" / NAME


def night():
    """The release of a night, and its estimates by name, without the date."""
    pull(NAME)
    refresh(NAME)
    told = json.loads(results(NAME))
    estimates = {each["estimate"]: each for each in told["estimates"]}
    for each in estimates.values():
        del each["figures_from"]
    return told["release"], estimates


def answer_anew(folder, people, name="again"):
    """Another answer of so many who had answered: ten times the sales."""
    answers = pl.read_csv(folder / SAMPLE, infer_schema=False)
    chosen = answers.filter(pl.col("sales_last_month").is_not_null()).head(people)
    changed = chosen.with_columns(sales_last_month=pl.col("sales_last_month") + "0")
    (folder / "inbox" / f"follow_up_m6_{name}.csv").write_text(changed.write_csv(), encoding="utf-8")


def differing(before, after):
    return {name for name in before.keys() | after.keys() if before.get(name) != after.get(name)}


def test_one_changed_answer_changes_no_figure(folder):
    first, before = night()
    sales = releases_of(programme_named(NAME)).last().rows().responses["sales"].sum()
    answer_anew(folder, 1)
    second, after = night()
    assert (first["number"], first["standing"], second["number"]) == (1, 0, 2)
    assert second["standing"] > 0
    assert differing(before, after) == set()
    with warehouse_of(programme_named(NAME)).open() as reader:  # the control: the warehouse knows
        assert sales < reader.table("responses")["sales"].sum()


def test_many_changed_answers_count_where_they_are_enough(folder):
    _, before = night()
    answer_anew(folder, 40)
    release, after = night()
    moved = differing(before, after)
    assert {name.split(".")[1] for name in moved} == {"sales"}
    assert "fy2568.sales.level.m6.all.programme.all." in moved
    assert "fy2568.sales.level.m6.all.session.S2." not in moved  # 9 have changed
    assert release["standing"] > 0


def test_what_stood_follows_once_enough_have_changed(folder):
    _, before = night()
    answer_anew(folder, 5)
    _, after = night()
    assert differing(before, after) == set()
    answer_anew(folder, 60, "later")
    _, later = night()
    assert "fy2568.sales.level.m6.all.programme.all." in differing(before, later)


def test_nothing_new_makes_no_new_release(folder):
    first, _ = night()
    again, _ = night()
    assert first == again


def test_after_an_erasure_the_figures_stand_until_enough_has_changed(folder):
    first, before = night()
    people = releases_of(programme_named(NAME)).last().rows().responses["participant"].n_unique()
    erase(NAME, participant="SAMPLE-004", pseudonym=None, reason="asked")
    (folder / SAMPLE).write_text(
        "".join(line for line in (folder / SAMPLE).open(encoding="utf-8") if "SAMPLE-004" not in line), "utf-8"
    )
    last = releases_of(programme_named(NAME)).last()
    assert last.rows().responses["participant"].n_unique() == people - 1
    release, after = night()
    assert release["number"] == first["number"] + 1
    assert release["standing"] > 0
    assert differing(before, after) == set()


@pytest.mark.parametrize("point", ["settle", "link"])
def test_a_release_that_was_cut_off_is_made_again(folder, monkeypatch, point):
    first, before = night()
    answer_anew(folder, 40)
    pull(NAME)
    refresh(NAME)

    def deadly(*args):
        raise KeyboardInterrupt

    with monkeypatch.context() as patched:
        patched.setattr(store.atomic, point, deadly)
        with pytest.raises(KeyboardInterrupt):
            results(NAME)
    assert releases_of(programme_named(NAME)).last().about.number == first["number"]
    release, after = night()
    assert release["number"] == first["number"] + 1
    assert differing(before, after)
    assert not list(releases_of(programme_named(NAME)).folder.glob(f".*{atomic.UNFINISHED}*"))


def test_a_release_that_tells_of_few_is_not_published(folder, monkeypatch):
    declared = folder / "programme.toml"
    declared.write_text(declared.read_text(encoding="utf-8").replace("floor = 10", "floor = 40"), encoding="utf-8")
    pull(NAME)
    refresh(NAME)
    monkeypatch.setattr(protecting, "complementary", lambda cells, *_, **__: cells["row"].clear())  # the control is off
    with pytest.raises(UserError, match=r"release 1 is not published: \d+ hidden counts could be worked out"):
        results(NAME)
    with pytest.raises(HeldError, match="disclosure_audit"):
        publish(NAME, ["en"])
    assert gate_table(NAME)[1] == ["fy2568: hold"]
