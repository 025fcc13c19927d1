"""The quality gate at work: drafts that say why, reports that are held, unchanged input judged anew every time."""

import json
import os
import time
from datetime import UTC, datetime, timedelta

import pypdfium2
import pytest

from flows import cli, gate, nightly
from flows.declared import archive_of, programme_named
from flows.gate import HeldError, accept_moves, gate_table
from flows.publish import publish
from flows.pull import pull
from flows.refresh import refresh
from flows.settings import settings
from flows.stores import warehouse
from flows.stores.warehouse import CheckError

NAME = "village"
DAYS_AGO = 40


@pytest.fixture
def sample(village):
    """The village with its sample in the warehouse."""
    pull(NAME)
    refresh(NAME)
    return village


@pytest.fixture
def no_typesetting(monkeypatch):
    """PDFs that say only what makes them a draft."""

    def render(reports, on_done):
        for place, report in enumerate(reports):
            on_done(place, "\n".join([report.title, *(each.text for each in report.notices)]).encode())

    monkeypatch.setattr("flows.publish.render_all", render)


def declare(folder, rules, **replaced):
    path = folder / "programme.toml"
    text = path.read_text(encoding="utf-8")
    for before, after in replaced.items():
        text = text.replace(before, after)
    path.write_text(text.replace("[disclosure]", f"[gate]\n{rules}\n\n[disclosure]"), encoding="utf-8")


def check_fails(monkeypatch):
    def fails(path):
        raise CheckError("sql/checks/x.sql: the new warehouse has 1 rows that should not exist.")

    monkeypatch.setattr(warehouse, "_check", fails)


def newest(language="en"):
    [shown] = archive_of(programme_named(NAME)).current.glob(f"*-{language}.pdf")
    return shown


def pages(path):
    document = pypdfium2.PdfDocument(path)
    texts = [" ".join(page.get_textpage().get_text_range().split()) for page in document]
    return document.get_metadata_value("Title"), texts


@pytest.mark.slow
def test_a_stale_source_a_low_response_a_failed_check_and_a_big_move_each_say_so_on_page_1(sample, monkeypatch):
    publish(NAME, ["en"])
    title, (first, *_) = pages(newest())
    assert "DRAFT" not in title + first

    indicators = sample / "indicators.toml"
    text = indicators.read_text(encoding="utf-8")
    # the same data, another definition
    indicators.write_text(text.replace('value = "sells_online"', 'value = "not sells_online"'), encoding="utf-8")
    declare(sample, "response = { limit = 0.99 }\nestimate_moved = { limit = 0.5 }")
    path = sample / "programme.toml"
    stale = path.read_text("utf-8").replace(
        'files = "registration*.csv"', 'files = "registration*.csv"\nfresh_within = "30 days"'
    )
    path.write_text(stale, encoding="utf-8")
    old = time.time() - DAYS_AGO * 86400
    for each in (sample / "inbox").rglob("registration*.csv"):
        os.utime(each, (old, old))
    pull(NAME)
    refresh(NAME)
    path.write_text(f"{stale}\n# newer\n", encoding="utf-8")
    with monkeypatch.context() as broken:
        check_fails(broken)
        with pytest.raises(CheckError):
            refresh(NAME)
    publish(NAME)

    said = {rule for row in gate_table(NAME)[0] if row["verdict"] != "publish" for rule in [row["rule"]]}
    assert {"source_stale", "response", "failed_check", "estimate_moved"} <= said
    title, texts = pages(newest())
    assert title.startswith("DRAFT: ")
    assert all("DRAFT – not final" in each for each in texts)
    assert "should have brought newer data by" in texts[0]
    assert "Response is low: in the round “6 months”, fewer than 99% of those due have answered" in texts[0]
    assert "The newest data failed the checks and are not used" in texts[0]
    assert "differs from the last final report by more than 0.5 standard errors" in texts[0]
    title, texts = pages(newest("th"))
    assert title.startswith("ฉบับร่าง: ")
    assert all("ฉบับร่าง – ยังไม่ใช่ฉบับสมบูรณ์" in each for each in texts)
    first = texts[0].replace(" ", "")  # Thai has none between words, and a line's end reads as one
    assert "ควรมีข้อมูลใหม่ภายในวันที่" in first
    assert "อัตราการตอบต่ำ" in first
    assert "ข้อมูลล่าสุดไม่ผ่านการตรวจสอบ" in first
    assert "ต่างจากรายงานฉบับสมบูรณ์ครั้งก่อนเกิน0.5เท่าของความคลาดเคลื่อนมาตรฐาน" in first


def test_a_source_that_grows_too_old_makes_an_unchanged_report_a_draft(sample, no_typesetting, monkeypatch):
    declare(sample, "", **{'files = "registration*.csv"': 'files = "registration*.csv"\nfresh_within = "30 days"'})
    pull(NAME)
    path = refresh(NAME)
    publish(NAME, ["en"])
    assert "DRAFT" not in newest().read_text(encoding="utf-8")

    class Later(datetime):
        @classmethod
        def now(cls, zone=None):
            return datetime.now(UTC) + timedelta(days=31)

    monkeypatch.setattr(gate, "datetime", Later)
    publish(NAME, ["en"])
    assert refresh(NAME) == path
    said = newest().read_text(encoding="utf-8")
    assert said.startswith("DRAFT: ")
    assert "should have brought newer data by" in said


def test_a_held_report_leaves_the_last_good_one_and_is_recorded(sample, no_typesetting, monkeypatch, capsys):
    publish(NAME, ["en"])
    good = newest().resolve()
    declare(sample, 'response = { limit = 1, verdict = "hold" }')
    refresh(NAME)
    with pytest.raises(HeldError, match=r"village: held by the quality gate.*response \(m6\).*impact gate village"):
        publish(NAME, ["en"])
    assert newest().resolve() == good
    [record] = (settings().published(NAME) / "gate").glob("*.json")
    assert json.loads(record.read_text(encoding="utf-8"))["verdict"] == "hold"
    monkeypatch.setattr(cli, "_log_to_stderr", lambda: None)
    monkeypatch.setattr(cli, "app", lambda arguments: publish(*arguments))  # the command knows the programmes at import
    with pytest.raises(SystemExit) as ended:
        cli.main([NAME, ["en"]])
    assert ended.value.code == HeldError.exit_code
    assert "held by the quality gate" in capsys.readouterr().err.replace("\n", " ")


def test_what_the_gate_found_stands_in_the_manifest(sample, no_typesetting):
    [path] = publish(NAME, ["en"])
    [manifest] = path.parent.glob("*-en-*.json")
    kept = json.loads(manifest.read_text(encoding="utf-8"))
    assert kept["verdict"] == "publish"
    assert {"source_failed", "source_stale", "response", "rejects", "failed_check", "disclosure_audit"} >= {
        each["rule"] for each in kept["gate"]
    }
    assert kept["published"]["landed"].keys() == {"registration", "follow_up_m6"}


def test_a_night_whose_new_data_fail_a_check_reports_the_last_good_ones_and_says_so(
    sample, no_typesetting, monkeypatch
):
    check_fails(monkeypatch)
    declare(sample, "")
    assert nightly.refused_by_checks(NAME) == [
        "village: sql/checks/x.sql: the new warehouse has 1 rows that should not exist."
    ]
    publish(NAME, ["en"])
    assert "The newest data failed the checks" in newest().read_text(encoding="utf-8")


def test_a_move_stays_a_draft_every_night_until_a_person_accepts_it(sample, no_typesetting):
    publish(NAME, ["en"])
    path = sample / "indicators.toml"
    text = path.read_text(encoding="utf-8")
    path.write_text(text.replace('value = "sells_online"', 'value = "not sells_online"'), encoding="utf-8")
    declare(sample, "estimate_moved = { limit = 0.5 }")
    refresh(NAME)
    for _ in range(2):
        publish(NAME, ["en"])
        assert "differs from the last final report" in newest().read_text(encoding="utf-8")
    accept_moves(NAME, "It now counts who does not sell online.")
    assert {row["verdict"] for row in gate_table(NAME)[0]} == {"publish"}
    publish(NAME, ["en"])
    assert "DRAFT" not in newest().read_text(encoding="utf-8")
