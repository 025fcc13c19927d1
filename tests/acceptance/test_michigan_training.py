"""The real programme, from its inbox to its numbers: the published table to every printed digit."""

import json
import shutil
import subprocess
import sys

import pytest

from flows import examples
from flows.pull import pull
from flows.refresh import refresh
from flows.results import results
from flows.settings import ROOT

NAME = "michigan_training"


@pytest.fixture(scope="module")
def installation(tmp_path_factory):
    """An installation of the Michigan programme, refreshed from a filled inbox."""
    folder = tmp_path_factory.mktemp("michigan")
    declared = folder / "programmes" / NAME
    shutil.copytree(ROOT / "programmes" / NAME, declared, ignore=shutil.ignore_patterns("inbox"))
    with pytest.MonkeyPatch.context() as patched:
        patched.setenv("IMPACT_PROGRAMMES", str(folder / "programmes"))
        patched.setenv("IMPACT_STATE", str(folder / "state"))
        patched.delenv("PREFECT_API_URL", raising=False)
        examples.prepare_michigan_training(declared / "inbox")
        pull(NAME)
        refresh(NAME)
        yield


@pytest.fixture(scope="module")
def estimates(installation) -> dict[str, dict]:
    """The programme's published estimates by indicator and term."""
    rows = json.loads(results(NAME))["estimates"]
    return {f"{row['indicator']}/{row['term']}": row for row in rows if row["by"] == "programme" and row["term"]}


PUBLISHED = {
    # Wooldridge, Introductory Econometrics, Table 14.1 (after Holzer et al. 1993), and its first difference 1987-88.
    "scrap_rate_effect/treated|classical": ("-0.252", "0.151", 162),
    "scrap_rate_effect/treated_lag_1|classical": ("-0.422", "0.210", 162),
    "scrap_rate_effect/round.y1988|classical": ("-0.080", "0.109", 162),
    "scrap_rate_effect/round.y1989|classical": ("-0.247", "0.133", 162),
    "scrap_rate_first_difference/treated|classical": ("-0.317", "0.164", 54),
    "scrap_rate_first_difference/constant|classical": ("-0.057", "0.097", 54),
}


def printed(row: dict) -> tuple[str, str, int]:
    return f"{row['value']:.3f}", f"{row['standard_error']:.3f}", row["observations"]


def test_the_published_table_is_reproduced_to_every_printed_digit(estimates):
    assert {name: printed(estimates[name]) for name in PUBLISHED} == PUBLISHED


def test_errors_clustered_by_firm_stand_beside_and_decide_the_wording(estimates):
    """Clustered, the effect a year later is not significant; the classical error would have said so (p = .047)."""
    clustered = estimates["scrap_rate_effect/treated_lag_1"]
    classical = estimates["scrap_rate_effect/treated_lag_1|classical"]
    assert classical["p_value"] < 0.05 < clustered["p_value"]
    assert f"{clustered['p_value']:.2f}" == "0.14"
    assert clustered["value"] == classical["value"]
    assert (clustered["sign"], classical["sign"]) == ("?", None)


def test_the_command_prints_the_same_numbers(estimates):
    printed_by_command = subprocess.run(
        [sys.executable, "-m", "flows.cli", "results", NAME, "--format", "json"],
        capture_output=True,
        check=True,
        text=True,
    )
    rows = json.loads(printed_by_command.stdout)["estimates"]
    assert [row for row in rows if row["estimate"] in {each["estimate"] for each in estimates.values()}] == list(
        estimates.values()
    )
