from types import SimpleNamespace

import numpy as np
import pytest

from benchmarks.simulation import __main__ as simulation
from benchmarks.simulation import families, shares
from benchmarks.simulation.finding import Finding, band

FEW = 2_000


def test_the_band_of_an_exact_interval_is_three_monte_carlo_errors():
    assert band(2_000) == pytest.approx(0.01462, abs=1e-5)


def test_a_finding_holds_inside_its_bounds_and_a_control_outside():
    inside, outside = ({"found": found, "low": 0.94, "high": 0.96} for found in (0.95, 0.75))
    said = {"method": "m", "data": "d", "what": "coverage", "replications": 10}
    assert Finding(**said, **inside).holds and not Finding(**said, **outside).holds
    assert Finding(**said, **outside, control=True).holds and not Finding(**said, **inside, control=True).holds


@pytest.mark.parametrize("simulate", [shares.korn_graubard, shares.wilson, families.signs])
def test_shares_and_signs_hold_as_simulated(simulate):
    found = list(simulate(np.random.default_rng(1), FEW))
    assert len(found) >= 2
    assert [each for each in found if not each.holds] == []


@pytest.mark.parametrize(("share", "code"), [(0.95, 0), (0.75, 1)])
def test_the_command_fails_when_a_bound_is_broken(monkeypatch, capsys, share, code):
    def broken(_noise, replications):
        yield Finding("mean_t", "10 units", "coverage", share, 0.94, 0.96, replications)
        yield Finding("clusters ignored", "10 units", "coverage", 0.7, 0.94, 0.96, replications, control=True)

    monkeypatch.setattr(simulation, "MODULES", (SimpleNamespace(SIMULATIONS=(broken,)),))
    too_few_for_the_docs = str(simulation.REPLICATIONS - 1)
    assert simulation.main(["--replications", too_few_for_the_docs]) == code
    said = capsys.readouterr().out
    assert f"{1 - code} of 1 bounds hold" in said and "1 of 1 wrong ways break their bound" in said
