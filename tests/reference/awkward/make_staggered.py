"""Makes staggered.csv and staggered.json again; run by hand, in an environment with the package that it notes.

python tests/reference/awkward/make_staggered.py
"""

import contextlib
import io
import json
import warnings
from importlib.metadata import version
from pathlib import Path

import numpy as np
import pandas as pd
from csdid.att_gt import ATTgt

HERE = Path(__file__).parent
UNITS, ROUNDS = 80, 6
CASES = {
    "never": {"control_group": "nevertreated"},
    "not yet": {"control_group": "notyettreated"},
    "anticipation": {"control_group": "notyettreated", "anticipation": 1},
    "weighted": {"control_group": "nevertreated", "weights_name": "weight"},
    "doubly robust": {"control_group": "notyettreated", "xformla": "y~weight", "est_method": "dr"},
    "regression": {"control_group": "nevertreated", "xformla": "y~weight", "est_method": "reg"},
    "weighting": {"control_group": "notyettreated", "xformla": "y~weight", "est_method": "ipw"},
    "clustered": {"control_group": "notyettreated", "clustervar": "village"},
}


def panel() -> pd.DataFrame:
    """80 units of 18 villages over 6 rounds that enter at 1, 3, 4, 6 or never; six rows are missing."""
    noise = np.random.default_rng(11)
    entry = noise.choice([1, 3, 4, 6, 0], UNITS, p=[0.08, 0.27, 0.2, 0.2, 0.25])
    village = noise.integers(0, 18, UNITS)
    weight = np.round(noise.uniform(0.5, 3, UNITS), 2)
    frame = pd.DataFrame(
        {"unit": np.repeat(np.arange(UNITS), ROUNDS), "round": np.tile(np.arange(1, ROUNDS + 1), UNITS)}
    )
    frame["village"], frame["entered"] = village[frame["unit"]], entry[frame["unit"]]
    frame["weight"] = weight[frame["unit"]]
    level = noise.normal(size=UNITS) + 0.5 * noise.normal(size=18)[village]
    under = (frame["entered"] > 0) & (frame["round"] >= frame["entered"])
    effect = 0.4 * under * (frame["round"] - frame["entered"] + 1)
    noise_of_rows = noise.normal(size=len(frame)) * 0.7
    frame["y"] = np.round(level[frame["unit"]] + 0.2 * frame["round"] + effect + noise_of_rows, 3)
    gone = noise.choice(len(frame), 6, replace=False)
    return frame.drop(index=gone).sample(frac=1, random_state=1)


def expected(data: pd.DataFrame) -> dict[str, object]:
    """By case and base: the terms as `impact estimate` names them, each with value and error."""
    return {
        f"{name}, {base}": _terms(data, dict(options), base)
        for name, options in CASES.items()
        for base in ("varying", "universal")
    }


def _terms(data: pd.DataFrame, options: dict[str, object], base: str) -> dict[str, list[float | None]]:
    method = options.pop("est_method", "reg")
    with contextlib.redirect_stdout(io.StringIO()):
        made = ATTgt(yname="y", tname="round", idname="unit", gname="entered", data=data.copy(), **options)
        made = made.fit(est_method=method, base_period=base, bstrap=False)
    found = made.results
    terms = {
        f"cohort {group} at {at}": [value, error]
        for group, at, value, error in zip(found["group"], found["year"], found["att"], found["se"], strict=True)
    }
    kinds = {
        "simple": ("overall", ""),
        "group": ("mean over cohorts", "cohort"),
        "dynamic": ("mean over exposure", "exposure"),
    }
    kinds |= {"calendar": ("mean over rounds", "round")}
    for kind, (overall, each) in kinds.items():
        with contextlib.redirect_stdout(io.StringIO()):
            made.aggte(typec=kind, bstrap=False)
        terms[overall] = [made.atte["overall_att"], made.atte["overall_se"]]
        if each:
            told = zip(made.atte["egt"], made.atte["att_egt"], made.atte["se_egt"], strict=True)
            terms |= {f"{each} {at}": [value, error] for at, value, error in told}
    return {
        name: [None if number is None or np.isnan(number) else float(number) for number in pair]
        for name, pair in terms.items()
    }


if __name__ == "__main__":
    warnings.filterwarnings("ignore")
    panel().to_csv(HERE / "staggered.csv", index=False)
    told = {"versions": {"csdid": version("csdid")}} | expected(pd.read_csv(HERE / "staggered.csv"))
    (HERE / "staggered.json").write_text(json.dumps(told, indent=1) + "\n")
