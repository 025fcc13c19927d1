"""An installation for each test, and the case that the test is named after."""

import shutil
from pathlib import Path

import pytest

from tests.bad_input.catalogue import cases, number_in
from tests.bad_input.night import NAME, Night, people
from tests.bad_input.trial import Trial


@pytest.hookimpl(wrapper=True)
def pytest_runtest_call(item):
    """A test that passed must have shown every verdict of its case, and no other."""
    result = yield
    trial = item.funcargs.get("case")
    assert trial is None or trial.shown == trial.case.verdicts
    return result


@pytest.fixture
def night(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Night:
    """An installation in which nothing has come yet."""
    folder = tmp_path / "programmes" / NAME
    shutil.copytree(Path(__file__).parent / "programme", folder)
    (folder / "inbox").mkdir()
    monkeypatch.setenv("IMPACT_PROGRAMMES", str(tmp_path / "programmes"))
    monkeypatch.setenv("IMPACT_STATE", str(tmp_path / "state"))
    monkeypatch.delenv("PREFECT_API_URL", raising=False)
    return Night(folder)


@pytest.fixture
def after_a_night(night: Night) -> Night:
    """The same after a good night: three people have registered."""
    night.drop(people(3), "registration-1.csv")
    night.run()
    return night


@pytest.fixture
def case(request: pytest.FixtureRequest) -> Trial:
    """The case that the test is named after."""
    number = number_in(request.node.name)
    assert number is not None
    return Trial(cases()[number])
