"""What a pull says besides what it lands."""

import logging
import shutil

import pytest

from flows import examples
from flows.cli import main
from flows.pull import pull
from flows.settings import ROOT
from flows.standing import failing_sources


@pytest.fixture
def inbox(tmp_path, monkeypatch):
    folder = tmp_path / "programmes" / "michigan_training"
    shutil.copytree(ROOT / "programmes" / "michigan_training", folder, ignore=shutil.ignore_patterns("inbox"))
    monkeypatch.setenv("IMPACT_PROGRAMMES", str(tmp_path / "programmes"))
    monkeypatch.setenv("IMPACT_STATE", str(tmp_path / "state"))
    monkeypatch.delenv("PREFECT_API_URL", raising=False)
    examples.prepare_michigan_training(folder / "inbox")
    return folder / "inbox"


def test_a_file_that_no_source_takes_is_named(inbox, caplog):
    (inbox / "registrations-new.csv").write_text("x\n1\n")
    logging.getLogger("impact").propagate = True
    with caplog.at_level(logging.WARNING, logger="impact"):
        pull("michigan_training")
    assert "no source takes: registrations-new.csv" in caplog.text


def test_a_failing_source_is_told_and_the_others_land(inbox):
    (inbox / "follow_up_1989.csv").write_bytes(b"")
    assert pull("michigan_training")["follow_up_1988"] == "pulled"
    assert failing_sources("michigan_training") == [
        "michigan_training: source 'follow_up_1989' failed (empty_file, see above); it has no earlier data."
    ]


def test_a_source_that_fails_later_keeps_its_last_good_data(inbox):
    pull("michigan_training")
    (inbox / "follow_up_1989.csv").write_bytes(b"")
    pull("michigan_training")
    [said] = failing_sources("michigan_training")
    assert said.endswith("failed (empty_file, see above); its last good data were used.")


def test_the_command_ends_with_code_1_where_a_source_failed(inbox, capsys):
    (inbox / "follow_up_1989.csv").write_bytes(b"")
    with pytest.raises(SystemExit) as end:
        main(["pull", "michigan_training"])
    assert end.value.code == 1
    assert "source 'follow_up_1989' failed (empty_file, see above)" in capsys.readouterr().err
