import base64
import os
import pickle
import subprocess
import sys
import traceback

import pytest

from flows.recording import StageError, guarded, in_recorded_run, recorded_flow, step
from flows.settings import ROOT
from transforms.errors import ProgrammeError, SourceError, UserError

SECRET = "0812345678"


def leaking():
    try:
        int(SECRET + "x")
    except ValueError as error:
        raise RuntimeError(f"could not read {SECRET}") from error


def mistaken():
    try:
        int(SECRET + "x")
    except ValueError:
        raise UserError("the column 'sales' is missing") from None


def everything_shown(error):
    return "".join(traceback.format_exception(error)) + repr(error.__cause__) + repr(error.__context__)


def test_an_error_loses_its_text_its_cause_and_its_context():
    with pytest.raises(StageError) as raised:
        guarded(leaking)()
    assert SECRET not in everything_shown(raised.value)
    assert raised.value.kind == "RuntimeError"
    assert raised.value.place.startswith("tests/flows/test_recording.py:")


def test_a_users_mistake_keeps_its_message_and_loses_its_context():
    with pytest.raises(UserError, match="the column 'sales' is missing") as raised:
        step(mistaken)()
    assert SECRET not in everything_shown(raised.value)


def test_without_a_server_nothing_of_prefect_is_imported():
    script = (
        "import sys\n"
        "from flows.recording import recorded_flow, step\n"
        "double = step(lambda number: 2 * number)\n"
        "assert recorded_flow(lambda: double(21))() == 42\n"
        "assert not any(name.split('.')[0] == 'prefect' for name in sys.modules)\n"
    )
    environment = {name: value for name, value in os.environ.items() if name != "PREFECT_API_URL"}
    subprocess.run([sys.executable, "-c", script], cwd=ROOT, env=environment, check=True)


def test_one_line_says_that_nothing_is_recorded(monkeypatch, caplog):
    from flows import recording

    recording._say_once_that_nothing_is_recorded.cache_clear()
    monkeypatch.delenv("PREFECT_API_URL", raising=False)
    with caplog.at_level("INFO", logger="impact"):
        flow = recorded_flow(in_recorded_run)
        assert [flow(), flow()] == [False, False]
    assert [record.message for record in caplog.records] == [
        "Not recorded: PREFECT_API_URL is not set, so this runs in this process alone."
    ]


def test_errors_travel_between_processes_whole():
    for error in (
        StageError("clean", "ValueError", "x.py:1"),
        SourceError("schema", "no headings"),
        ProgrammeError(["first", "second"]),
    ):
        copy = pickle.loads(pickle.dumps(error))
        assert (type(copy), str(copy), vars(copy)) == (type(error), str(error), vars(error))


@pytest.mark.slow
def test_a_server_records_the_run_and_none_of_the_data(prefect_server, tmp_path):
    script = (
        "import polars as pl\n"
        "from flows.recording import in_recorded_run, recorded_flow, step\n"
        f"def answers(): return pl.DataFrame({{'phone': ['{SECRET}']}})\n"
        "def read(frame): return frame['phone'].cast(pl.Date)[0]\n"
        "@recorded_flow\n"
        "def leaky_night(programme):\n"
        "    assert in_recorded_run()\n"
        "    step(read)(step(answers)())\n"
        "leaky_night('weaving')\n"
    )
    environment = {**prefect_server.environment, "PREFECT_LOCAL_STORAGE_PATH": str(tmp_path / "results")}
    run = subprocess.run(
        [sys.executable, "-c", script], cwd=ROOT, env=environment, capture_output=True, text=True, check=False
    )
    assert run.returncode == 1
    assert "stage_failed" in run.stderr
    assert SECRET not in run.stdout + run.stderr
    # Prefect keeps a failed flow's exception as a pickle: it must be the one without values.
    for kept in (tmp_path / "results").rglob("*"):
        assert SECRET.encode() not in base64.b64decode(kept.read_bytes())
    recorded = prefect_server.everything_recorded()
    assert "leaky-night" in recorded
    assert "weaving" in recorded  # the scan does see what is there
    assert SECRET not in recorded


@pytest.mark.slow
def test_a_recorded_mistake_is_told_once_and_kept_by_the_server(prefect_server):
    said = "weaving: no looms."
    script = (
        "from flows.recording import recorded_flow, step\n"
        "from transforms.errors import UserError\n"
        f"def looks(): raise UserError('{said}')\n"
        "@recorded_flow\n"
        "def mistaken_night(): step(looks)()\n"
        "try: mistaken_night()\n"
        "except UserError as error: print(error)\n"
    )
    run = subprocess.run(
        [sys.executable, "-c", script], cwd=ROOT, env=prefect_server.environment, capture_output=True, text=True
    )
    assert (run.stdout + run.stderr).count(said) == 1
    assert said in prefect_server.everything_recorded()
