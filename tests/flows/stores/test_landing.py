import os
import signal
import subprocess
import sys
from datetime import UTC, datetime, timedelta

import pytest

from flows.settings import ROOT
from flows.stores.landing import Landing, Pulled
from transforms.errors import SourceError

HEADING = "รหัส,เลขกิจการ,ชื่อ,วันที่,ยอดขาย\n"

# A pull that kills itself the moment it is about to call FUNCTION for the Nth time.
KILLED = """
import json, os, signal, sys
from pathlib import Path
from flows.sources import file_drop
from flows.stores import atomic, landing
from transforms.programme import FileDrop, Form
inbox, state, point, count, form = sys.argv[1:]
module, name = {"atomic": atomic, "landing": landing.Landing}[point.split(".")[0]], point.split(".")[1]
original, calls = getattr(module, name), []
def deadly(*args, **kwargs):
    calls.append(1)
    if len(calls) == int(count):
        os.kill(os.getpid(), signal.SIGKILL)
    return original(*args, **kwargs)
setattr(module, name, deadly)
source = FileDrop(id="registrations", kind="file_drop", form="registration", files="*")
landed = landing.Landing(Path(state), "registrations")
file_drop.pull(source, Form.model_validate_json(form), Path(inbox).parent, landed)
"""


@pytest.fixture
def inbox(tmp_path):
    folder = tmp_path / "inbox"
    folder.mkdir()
    (folder / "a.csv").write_text(HEADING + "P1,,ก,2567-01-01,1\nP2,,ข,2567-01-02,2\n", encoding="utf-8")
    (folder / "b.csv").write_text(HEADING + "P1,,ก,2567-02-01,3\n", encoding="utf-8")
    return folder


@pytest.fixture
def pull(inbox, form, source):
    from flows.sources import file_drop

    return lambda landing: file_drop.pull(source, form, inbox.parent, landing).landed


def content(landing):
    return landing.submissions().drop("_pull", "_pulled_at").rows()


@pytest.mark.parametrize(
    ("point", "count"),
    [
        ("landing.append", 1),  # everything read, nothing landed
        ("atomic.settle", 1),  # before the first Parquet has its name
        ("atomic.write", 1),  # Parquet there, its manifest not
        ("atomic.settle", 2),  # the manifest written under its temporary name
        ("atomic.settle", 3),  # the first file landed, the second not
        ("atomic.write", 2),  # the second Parquet there, its manifest not
    ],
)
def test_killed_at_any_point_the_next_pull_lands_the_same(point, count, inbox, pull, form, tmp_path):
    state = tmp_path / "killed"
    state.mkdir()
    command = [sys.executable, "-c", KILLED, str(inbox), str(state), point, str(count), form.model_dump_json()]
    killed = subprocess.run(command, cwd=ROOT, env=os.environ, check=False)
    assert killed.returncode == -signal.SIGKILL

    landing = Landing(state, "registrations")
    landing.submissions()  # whatever there is can be read
    pull(landing)

    whole = tmp_path / "whole"
    whole.mkdir()
    undisturbed = Landing(whole, "registrations")
    pull(undisturbed)
    assert content(landing) == content(undisturbed)
    assert not list(landing.folder.glob(".*.tmp*"))
    assert len(list(landing.folder.glob("*.json"))) == len(list(landing.folder.glob("*.parquet"))) == 2


def test_a_flipped_bit_is_noticed(pull, tmp_path):
    landing = Landing(tmp_path, "registrations")
    [manifest, _] = pull(landing)
    path = landing.folder / manifest.parquet
    content = bytearray(path.read_bytes())
    content[len(content) // 2] ^= 1
    path.write_bytes(content)
    with pytest.raises(SourceError) as error:
        landing.submissions()
    assert error.value.code == "landing_damaged"


def test_the_landing_is_for_its_owner_alone(pull, tmp_path):
    landing = Landing(tmp_path, "registrations")
    pull(landing)
    assert landing.folder.stat().st_mode & 0o077 == 0
    assert all(path.stat().st_mode & 0o077 == 0 for path in landing.folder.iterdir())


def test_a_failed_attempt_keeps_the_time_of_the_last_success(pull, tmp_path):
    landing = Landing(tmp_path, "registrations")
    good = landing.succeeded(Pulled([]))
    bad = landing.failed("empty_file", "the file is empty")
    assert bad.reason == "empty_file"
    assert landing.attempt() == bad
    assert bad.succeeded_at == good.attempted_at


def test_how_every_pull_went_can_be_asked_for_any_moment(tmp_path):
    landing = Landing(tmp_path, "registrations")
    good = landing.succeeded(Pulled([], server_rows=3))
    bad = landing.failed("empty_file", "the file is empty")
    between = datetime.fromisoformat(good.attempted_at)
    assert landing.attempt(between) == good
    assert landing.attempt(datetime.now(UTC)) == bad
    assert landing.attempt(between - timedelta(seconds=1)) is None


def test_what_was_landed_can_be_asked_for_any_moment(inbox, pull, tmp_path):
    landing = Landing(tmp_path, "registrations")
    first = pull(landing)
    before = datetime.now(UTC)
    (inbox / "c.csv").write_text(HEADING + "P3,,ค,2567-01-02,2\n", encoding="utf-8")
    pull(landing)
    assert landing.manifests(before) == first
    assert landing.submissions(landing.manifests(before)).height == 3
    assert landing.submissions().height == 4
