"""A copy of the shipped programmes, with their inboxes filled, and a state folder of its own."""

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from pytest_httpserver import HTTPServer

from flows import examples
from flows.settings import ROOT
from tests import mixed
from tests.fakes.kobotoolbox import Kobo
from tests.fakes.odk_central import Central, running


@pytest.fixture
def installation(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A folder with programmes/ and state/ that the engine uses instead of the project's own."""
    programmes = tmp_path / "programmes"
    for folder in (ROOT / "programmes").iterdir():
        if (folder / "programme.toml").is_file():
            shutil.copytree(folder, programmes / folder.name, ignore=shutil.ignore_patterns("inbox"))
    monkeypatch.setenv("IMPACT_PROGRAMMES", str(programmes))
    monkeypatch.setenv("IMPACT_STATE", str(tmp_path / "state"))
    monkeypatch.delenv("PREFECT_API_URL", raising=False)
    yield tmp_path


@pytest.fixture
def community(installation: Path) -> Path:
    """The Thai programme's folder, with its inbox filled."""
    folder = installation / "programmes" / "community_economy"
    examples.prepare_community_economy(folder / "inbox")
    return folder


@pytest.fixture
def michigan(installation: Path) -> Path:
    """The Michigan programme's folder, with its inbox filled."""
    folder = installation / "programmes" / "michigan_training"
    examples.prepare_michigan_training(folder / "inbox")
    return folder


@pytest.fixture
def central() -> Iterator[Central]:
    """An ODK Central on which 40 people answered the first follow-up of the mixed programme."""
    with running(Central(form="follow_up", fields=mixed.FIELDS)) as central:
        for number in range(40):
            central.insert(mixed.follow_up(number, "2025-07-15", number % 2 == 0))
        yield central


@pytest.fixture
def kobo() -> Iterator[Kobo]:
    """A KoboToolbox on which they answered the second."""
    with HTTPServer(threaded=True) as server:
        kobo = Kobo(server, survey=mixed.SURVEY)
        for number in range(40):
            kobo.insert(mixed.follow_up(number, "2026-01-15", number % 3 == 0))
        yield kobo
