"""The locks, the set-up and `make` say what pyproject.toml says."""

import os
import re
import subprocess
import tomllib
from pathlib import Path

import pytest
from packaging.requirements import Requirement

PROJECT = Path(__file__).parent.parent
LOCKS = ("runtime", "dev")
PYTHONS = ("3.11", "3.12", "3.13")


def lock_text(lock: str) -> str:
    """The text of one lock, each requirement on one line."""
    return (PROJECT / f"requirements/{lock}.txt").read_text().replace("\\\n", "")


def locked(lock: str) -> list[tuple[Requirement, int]]:
    """The requirements of one lock with the number of their hashes."""
    lines = (line for line in lock_text(lock).splitlines() if line and not line.startswith("#"))
    parts = (line.split("--hash=sha256:") for line in lines)
    return [(Requirement(requirement.strip()), len(hashes)) for requirement, *hashes in parts]


def declared(lock: str) -> list[Requirement]:
    """What pyproject.toml asks of one lock directly, the build's own requirements too."""
    pyproject = tomllib.loads((PROJECT / "pyproject.toml").read_text())
    project = pyproject["project"]
    extras = {"runtime": ["michigan"], "dev": ["michigan", "dev"]}[lock]
    optional = [line for extra in extras for line in project["optional-dependencies"][extra]]
    return [Requirement(line) for line in [*pyproject["build-system"]["requires"], *project["dependencies"], *optional]]


def versions_on(python: str, lock: str) -> dict[str, list[str]]:
    """The locked versions by package name, as one Python on Linux installs them."""
    platform = {"python_version": python, "python_full_version": f"{python}.9", "sys_platform": "linux"}
    found: dict[str, list[str]] = {}
    for requirement, _ in locked(lock):
        if requirement.marker is None or requirement.marker.evaluate(platform):
            [pin] = requirement.specifier
            found.setdefault(requirement.name.lower(), []).append(pin.version)
    return found


@pytest.mark.parametrize("python", PYTHONS)
@pytest.mark.parametrize("lock", LOCKS)
def test_each_direct_dependency_is_locked_once_within_its_range(lock: str, python: str) -> None:
    versions = versions_on(python, lock)
    for requirement in declared(lock):
        [version] = versions.get(requirement.name, ["none"])
        assert requirement.specifier.contains(version), f"{requirement} is locked as {version}"


@pytest.mark.parametrize("python", PYTHONS)
def test_the_tests_run_on_the_versions_that_the_reports_are_made_with(python: str) -> None:
    runtime, dev = versions_on(python, "runtime"), versions_on(python, "dev")
    assert {name: dev.get(name) for name in runtime} == runtime


@pytest.mark.parametrize("lock", LOCKS)
def test_every_locked_requirement_is_one_exact_version_with_a_hash(lock: str) -> None:
    for requirement, hashes in locked(lock):
        assert [pin.operator for pin in requirement.specifier] == ["=="], requirement
        assert hashes > 0, requirement


@pytest.mark.parametrize("lock", LOCKS)
def test_the_locks_name_no_place_to_download_from(lock: str) -> None:
    place = re.compile(r"://|^\s*-|@|\b(index-url|find-links|trusted-host)\b|\.(org|com|net|io|dev)\b", re.M)
    assert place.findall(lock_text(lock)) == []


def test_make_alone_lists_each_target_with_one_line() -> None:
    makefile = (PROJECT / "Makefile").read_text()
    targets = re.findall(r"^([a-z-]+):(?!=)", makefile, re.M)
    command = ["make", "--no-print-directory"]
    listed = subprocess.run(command, cwd=PROJECT, capture_output=True, text=True, check=True).stdout
    assert re.findall(r"^  make ([a-z-]+) +\S", listed, re.M) == targets
    assert len(listed.splitlines()) == len(targets)


def test_a_python_too_old_is_refused_in_one_line(tmp_path: Path) -> None:
    old = tmp_path / "python3.9"
    old.write_text("#!/bin/sh\necho 3.9\n")
    old.chmod(0o755)
    refused = set_up(PYTHON=str(old), VENV=str(tmp_path / "venv"))
    assert refused.returncode == 1
    assert refused.stderr == f"setup: PYTHON={old} is Python 3.9; 3.11, 3.12 or 3.13 is needed.\n"


def test_a_python_that_is_not_there_is_refused_in_one_line(tmp_path: Path) -> None:
    refused = set_up(PYTHON="python-of-nobody", VENV=str(tmp_path / "venv"))
    assert refused.returncode == 1
    assert refused.stderr == "setup: PYTHON=python-of-nobody does not run. Python 3.11, 3.12 or 3.13 is needed.\n"


def set_up(**variables: str) -> subprocess.CompletedProcess[str]:
    """What the set-up answers with these variables set."""
    command = ["bash", str(PROJECT / "scripts/setup.sh"), "runtime"]
    return subprocess.run(command, env=os.environ | variables, capture_output=True, text=True, check=False)
