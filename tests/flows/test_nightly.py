"""What a night says when a programme fails: each mistake once, and whose it is."""

import pytest

from flows import nightly as night
from flows.recording import StageError
from transforms.errors import SourceError, UserError


@pytest.fixture(autouse=True)
def programmes(tmp_path, monkeypatch):
    for name in ("dyeing", "weaving"):
        (tmp_path / name).mkdir()
        (tmp_path / name / "programme.toml").touch()
    monkeypatch.setenv("IMPACT_PROGRAMMES", str(tmp_path))
    monkeypatch.delenv("PREFECT_API_URL", raising=False)


def told_after(error, monkeypatch, caplog):
    def fails(programme):
        raise error

    monkeypatch.setattr(night, "pull", fails)
    with caplog.at_level("INFO", logger="impact"), pytest.raises(UserError) as raised:
        night.nightly(["weaving"])
    assert str(error) not in caplog.text  # whoever called tells it
    return str(raised.value)


@pytest.mark.parametrize("said", ["weaving: no registrations have landed.", "state/warehouse/weaving: none yet."])
def test_a_mistake_that_names_its_programme_stays_as_it_is(said, monkeypatch, caplog):
    assert told_after(UserError(said), monkeypatch, caplog) == said


@pytest.mark.parametrize("error", [SourceError("mojibake", "source 'a': garbled."), StageError("clean", "E", "x.py:1")])
def test_any_other_failure_gets_the_programmes_name(error, monkeypatch, caplog):
    assert told_after(error, monkeypatch, caplog) == f"weaving: {error}"


def test_a_programme_that_fails_stops_no_other(monkeypatch, tmp_path):
    def fails_once(programme):
        if programme == "dyeing":
            raise UserError("dyeing: broken.")

    refreshed = []
    monkeypatch.setattr(night, "pull", fails_once)
    monkeypatch.setattr(night, "retain", lambda programme: None)
    monkeypatch.setattr(night, "refresh", refreshed.append)
    monkeypatch.setattr(night, "publish", lambda programme, languages: [])
    with pytest.raises(UserError, match=r"^dyeing: broken\.$"):
        night.nightly()
    assert refreshed == ["weaving"]
