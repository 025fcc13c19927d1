"""The command line as a person meets it: its output and exit codes, in real processes and, where what a process is
adds nothing, in this one."""

import os
import shutil
import subprocess
import sys

import pytest

from flows.cli import main
from flows.pull import pull
from flows.refresh import refresh
from flows.settings import ROOT
from flows.starter import write_starter


@pytest.fixture
def installation(tmp_path):
    """The environment of a new installation."""
    (tmp_path / "programmes").mkdir()
    places = {"IMPACT_PROGRAMMES": str(tmp_path / "programmes"), "IMPACT_STATE": str(tmp_path / "state")}
    return places | {"COLUMNS": "200", "PYTHONPATH": str(ROOT)}


@pytest.fixture
def impact(installation, tmp_path):
    """Runs one command in a process of its own; returns its exit code and what it said on both streams."""
    environment = {name: value for name, value in os.environ.items() if not name.startswith(("PREFECT_", "IMPACT_"))}
    environment |= installation

    def run(*arguments: str, **more: str) -> tuple[int, str]:
        command = [sys.executable, "-m", "flows.cli", *arguments]
        done = subprocess.run(command, env=environment | more, capture_output=True, text=True, cwd=tmp_path)
        return done.returncode, done.stdout + done.stderr

    return run


@pytest.fixture
def impact_here(installation, tmp_path, monkeypatch, capfd):
    """The same, run in this process, where what would end in a traceback raises. It knows no programme: which there
    are was looked up when the commands were loaded."""
    for name in os.environ:
        if name.startswith(("PREFECT_", "IMPACT_")):
            monkeypatch.delenv(name)
    monkeypatch.chdir(tmp_path)

    def run(*arguments: str, **more: str) -> tuple[int, str]:
        code = 0
        with monkeypatch.context() as patched:
            for name, value in (installation | more).items():
                patched.setenv(name, value)
            try:
                main(arguments)
            except SystemExit as ended:
                code = ended.code or 0
        return code, "".join(capfd.readouterr())

    return run


@pytest.fixture
def village(installation, tmp_path):
    """The folder that `impact new village_weaving` would write there."""
    folder = tmp_path / "programmes" / "village_weaving"
    write_starter(folder, folder.name)
    return folder


def test_a_new_programme_passes_its_check(impact):
    code, said = impact("new", "village_weaving")
    assert (code, "village_weaving is ready" in said) == (0, True)
    code, said = impact("check")
    assert (code, "village_weaving: sound" in said) == (0, True)


def test_a_misspelt_programme_names_the_nearest(impact, village):
    code, said = impact("refresh", "vilage_weaving")
    assert (code, 'Did you mean "village_weaving"' in said) == (2, True)


def test_a_broken_folder_stops_before_any_work_with_one_line_a_mistake(impact, village, tmp_path):
    indicators = village / "indicators.toml"
    indicators.write_text(indicators.read_text(encoding="utf-8").replace("statistic = ", "statistik = ", 1))
    code, said = impact("run", "village_weaving")
    assert code == 1
    assert "indicators.toml" in said
    assert "statistik" in said
    assert "Traceback" not in said
    assert not (tmp_path / "state" / "landing" / "village_weaving").exists()


@pytest.mark.parametrize("command", ["run", "pull", "refresh", "publish", "check"])
def test_outside_the_project_a_command_says_where_it_looked_and_what_to_do(impact_here, tmp_path, command):
    code, said = impact_here(command)
    assert code == 1
    assert f"{tmp_path / 'programmes'}: there is no programme in this folder" in said
    assert all(remedy in said for remedy in ("project's folder", "IMPACT_PROGRAMMES", "impact new"))


def test_a_run_without_data_says_each_thing_once(impact, village, tmp_path):
    shutil.rmtree(village / "inbox")
    code, said = impact("run", "village_weaving")
    assert code == 1
    assert said.count("no registrations have landed") == 1
    assert "village_weaving: village_weaving" not in said


def test_a_wrong_setting_is_named_without_a_traceback(impact_here):
    code, said = impact_here("check", IMPACT_WAREHOUSES_KEPT="x")
    assert (code, 'IMPACT_WAREHOUSES_KEPT = "x"' in said, "Traceback" in said) == (1, True, False)


def test_a_report_has_a_period_and_no_option_that_empties_a_list(impact_here):
    code, said = impact_here("report", "--help")
    assert (code, "--period" in said, "--empty" in said) == (0, True, False)


def test_a_report_before_any_data_says_what_to_run(impact, village):
    code, said = impact("report", "village_weaving")
    assert (code, "impact refresh village_weaving" in said, "Traceback" in said) == (1, True, False)


def test_a_request_that_is_no_code_is_refused_with_its_field(impact, village):
    code, said = impact("report", "village_weaving", "--area", "85'; drop table x")
    assert (code, "area = " in said, "Traceback" in said) == (1, True, False)


@pytest.mark.parametrize(
    "command",
    [
        "run",
        "pull",
        "refresh",
        "publish",
        "report",
        "results",
        "explain",
        "flags",
        "calls",
        "estimate",
        "sample-size",
        "check",
        "new",
        "serve",
    ],
)
def test_every_command_explains_itself_with_an_example(impact_here, command):
    code, said = impact_here(command, "--help")
    assert (code, f"impact {command}" in said, "Example" in said) == (0, True, True)


def test_a_landing_is_verified_with_a_line_a_source_and_code_1_where_it_is_damaged(impact, village, tmp_path):
    impact("pull", "village_weaving")
    code, said = impact("landing", "verify", "village_weaving")
    assert (code, "registration: 1 file" in said) == (0, True)
    [path] = (tmp_path / "state" / "landing" / "village_weaving" / "registration").glob("*.parquet")
    path.write_bytes(b"PAR1")
    code, said = impact("landing", "verify")
    assert (code, str(path) in said, "Traceback" in said) == (1, True, False)


def test_a_wrong_key_of_the_landing_is_one_error_that_does_not_quote_it(impact, installation, village, monkeypatch):
    code, said = impact("pull", "village_weaving", IMPACT_LANDING_KEY="not-a-key")
    assert (code, "IMPACT_LANDING_KEY" in said, "not-a-key" in said, "Traceback" in said) == (1, True, False, False)
    for name, value in (installation | {"IMPACT_LANDING_KEY": "ab" * 32}).items():
        monkeypatch.setenv(name, value)
    pull("village_weaving")
    monkeypatch.delenv("IMPACT_LANDING_KEY")
    code, said = impact("refresh", "village_weaving")
    assert (code, said.count("IMPACT_LANDING_KEY or"), "Traceback" in said) == (1, 1, False)
    monkeypatch.setenv("IMPACT_LANDING_KEY", "ab" * 32)
    refresh("village_weaving")
