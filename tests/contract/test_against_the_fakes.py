"""The tests for real servers work: run against this project's own, with answers that change and are deleted."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.fakes import kobotoolbox, odk_central

HERE = Path(__file__).parent


def run(name, settings):
    """What pytest says of one file, a report a test; with only these servers in the environment."""
    others = {key: value for key, value in os.environ.items() if not key.startswith("IMPACT_CONTRACT_")}
    command = [sys.executable, "-m", "pytest", "-p", "no:cacheprovider", "-n", "0", str(HERE / name)]
    return subprocess.run(
        command, env=others | settings, cwd=HERE.parents[1], capture_output=True, text=True, timeout=120
    )


@pytest.fixture
def central():
    with odk_central.running(odk_central.Central()) as server:
        keys = [server.insert() for _ in range(30)]
        server.edit(keys[3], person__sex="other")
        server.review(keys[4], "rejected")
        server.delete(keys[5])
        yield server


@pytest.fixture
def kobo(httpserver):
    server = kobotoolbox.Kobo(httpserver)
    for number in range(130):
        server.insert({"participant_id": f"P{number:03}"})
    server.delete(7)
    server.edit(9, {"participant_id": "P9"})
    return server


def of_odk(server):
    said = {
        "URL": server.url,
        "USER": odk_central.USER,
        "PASSWORD": odk_central.PASSWORD,
        "PROJECT": str(server.project),
        "FORM": server.form,
    }
    return {f"IMPACT_CONTRACT_ODK_{name}": value for name, value in said.items()}


def of_kobo(server):
    said = {"URL": server.url, "TOKEN": kobotoolbox.TOKEN, "ASSET": server.asset}
    return {f"IMPACT_CONTRACT_KOBO_{name}": value for name, value in said.items()}


def test_the_test_for_a_real_odk_central_passes(central):
    ran = run("test_odk_central.py", of_odk(central))
    assert ran.returncode == 0, ran.stdout
    assert "3 passed" in ran.stdout


@pytest.mark.load
def test_the_test_for_a_real_odk_central_notices_what_the_feed_keeps_back(central):
    made = central._page

    def without_the_newest(query, service):
        page = made(query, service)
        page["value"] = page["value"][1:]
        return page

    central._page = without_the_newest
    ran = run("test_odk_central.py", of_odk(central))
    assert ran.returncode == 1
    assert "failed" in ran.stdout


def test_the_test_for_a_real_kobotoolbox_passes(kobo):
    ran = run("test_kobotoolbox.py", of_kobo(kobo))
    assert ran.returncode == 0, ran.stdout
    assert "2 passed" in ran.stdout
