"""Pulling while people work, with kills at random moments."""

import os
import random
import signal
import subprocess
import sys
import time

import pytest

from flows.settings import ROOT
from flows.sources.web import Server
from flows.stores import atomic
from flows.stores.landing import Landing
from flows.stores.revisions import Draft
from tests.flows.sources.odk_central.comparing import assert_the_same
from transforms.errors import SourceError


class KilledError(BaseException):
    """Stands for a death at this very place."""


PLACES = [
    (Server, "get"),
    (Draft, "add"),
    (Draft, "bury"),
    (Draft, "settle"),
    (atomic, "settle"),
    (atomic, "write"),
    (Landing, "append"),
    (Landing, "succeeded"),
]
PULL = """
import sys
from pathlib import Path
from flows.sources import odk_central
from flows.sources.odk_central import feed
from flows.stores.landing import Landing
from transforms.programme import Form, OdkCentral
feed.PAGE_ROWS = 3
source, form, folder = sys.argv[1:]
source, form = OdkCentral.model_validate_json(source), Form.model_validate_json(form)
landing = Landing(Path(folder), source.id)
print("ready", flush=True)
while True:
    landing.succeeded(odk_central.pull(source, form, Path(folder), landing))
"""


def some_change(central, chance, seen_gone):
    """One thing that people do to submissions, at random."""
    live = sorted(central.live)
    act = chance.choice(["insert", "insert", "insert", "edit", "review", "delete", "restore", "attach", "purge"])
    waiting = sorted(key for key, each in central.live.items() if each.present < each.expected)
    if act == "insert" or not live:
        central.insert(files=chance.randrange(3), version=chance.choice("12"))
    elif act == "edit":
        central.edit(chance.choice(live), notes=f"แก้ไข {chance.random()}")
    elif act == "review":
        central.review(chance.choice(live), chance.choice(["approved", "rejected", "hasIssues", None]))
    elif act == "delete":
        central.delete(chance.choice(live))
    elif act == "restore" and central.bin:
        central.restore(chance.choice(sorted(central.bin)))
    elif act == "attach" and waiting:
        central.attach(chance.choice(waiting))
    elif act == "purge" and (old := sorted(seen_gone & set(central.bin))):
        central.purge(chance.choice(old))  # after 30 days: a pull has long seen it in the bin
    central.tick(chance.choice([0.01, 1, 900, 7200]))


@pytest.mark.parametrize(("rounds", "seed", "die"), [(30, 1, "inside"), (30, 2, "inside"), (3, 4, "from outside")])
def test_after_rounds_of_changes_and_kills_the_landing_is_the_server_row_by_row(
    rounds, seed, die, central, source, form, pull, landing, tmp_path, monkeypatch
):
    chance, seen_gone, kills = random.Random(seed), set(), 0
    for _ in range(rounds):
        for _ in range(chance.randrange(8)):
            some_change(central, chance, seen_gone)
        central.before_answer = lambda _, gone=seen_gone: chance.random() < 0.3 and some_change(central, chance, gone)
        if die == "inside":
            kills += killed_inside(pull, chance, monkeypatch)
        else:
            kills += killed_from_outside(source, form, tmp_path, chance)
        central.before_answer = None
        if chance.random() < 0.4:  # a night on which nothing happens meanwhile
            pull()
            assert_the_same(central, landing)
            seen_gone = set(central.bin)
    pull()
    assert_the_same(central, landing)
    assert kills >= min(rounds, 6)


def killed_inside(pull, chance, monkeypatch):
    """Pulls, dying at a random place unless the pull ends before."""
    owner, name = chance.choice(PLACES)
    calls, last = [], chance.randrange(1, 8)
    original = getattr(owner, name)

    def deadly(*args, **kwargs):
        calls.append(1)
        if len(calls) == last:
            raise KilledError
        return original(*args, **kwargs)

    with monkeypatch.context() as patched:
        patched.setattr(owner, name, deadly)
        try:
            pull()
        except KilledError:
            return 1
        except SourceError as error:
            assert error.code == "incomplete"  # too much changed meanwhile: said, and mended by the next pull
    return 0


def killed_from_outside(source, form, folder, chance):
    """Lets another process pull over and over and kills it at a random moment."""
    command = [sys.executable, "-c", PULL, source.model_dump_json(), form.model_dump_json(), str(folder)]
    child = subprocess.Popen(command, cwd=ROOT, env=os.environ, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)
    child.stdout.readline()
    time.sleep(chance.uniform(0.02, 0.4))
    child.send_signal(signal.SIGKILL)
    child.wait()
    child.stdout.close()
    return 1
