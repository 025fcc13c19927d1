"""Kills a run where it is most at risk, and says at which points and how it is finished."""

import os
import signal
import subprocess
import sys

import pytest

from flows.settings import ROOT

FINISHES = ("the same command", "the next pull")

SCRIPT = """
import importlib, os, signal, sys
place, count, act = sys.argv[1:]
module, *owner, name = place.split(".")
home = importlib.import_module("flows.stores." + module)
for each in owner:
    home = getattr(home, each)
original, calls = getattr(home, name), []
def deadly(*args, **kwargs):
    calls.append(1)
    if len(calls) == int(count):
        os.kill(os.getpid(), signal.SIGKILL)
    return original(*args, **kwargs)
setattr(home, name, deadly)
exec(act)
"""


def kill(act: str, place: str, count: int) -> None:
    """Runs `act` in a process that dies the moment it calls `place`, below flows.stores, for the `count`-th time."""
    environment = os.environ | {"PYTHONPATH": str(ROOT)}
    command = [sys.executable, "-c", SCRIPT, place, str(count), act]
    killed = subprocess.run(command, cwd=ROOT, env=environment, check=False)
    assert killed.returncode == -signal.SIGKILL


def points_and_finishes(points):
    """Every point with every finish: one finish of each point in `make test`, the other in `make load`."""
    return [
        pytest.param(*point, finish, marks=[pytest.mark.load] * ((number + other) % 2))
        for number, point in enumerate(points, 1)
        for other, finish in enumerate(FINISHES, 1)
    ]
