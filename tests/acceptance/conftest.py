"""A copy of the shipped programmes, with their inboxes filled, and a state folder of its own."""

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from flows import examples
from flows.settings import ROOT


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
