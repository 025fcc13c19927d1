"""Makes nsw_cps.csv and expected.json again; run by hand, in an environment with the packages that it notes.

The men treated by the NSW demonstration beside every second man of the Current Population Survey, of both those under
40 who had earned less than 6,000 dollars in 1975: arms that began apart. The steps of docs/methods.md by pandas and
statsmodels alone: its logit, its least squares with HC2.

python tests/reference/matching/make.py
"""

import json
from importlib.metadata import version
from pathlib import Path

import numpy as np
import pandas as pd
import statsmodels.api as sm
from causaldata import cps_mixtape, nsw_mixtape

HERE = Path(__file__).parent
AMOUNTS, CATEGORIES = ["age", "educ", "re75"], ["black", "marr", "nodegree"]


def men() -> pd.DataFrame:
    """One row a man, with the columns used; money to the cent."""
    treated, others = nsw_mixtape.load_pandas().data, cps_mixtape.load_pandas().data
    both = pd.concat([treated[treated["treat"] == 1], others.iloc[::2]], ignore_index=True)
    both = both[(both["re75"] < 6000) & (both["age"] < 40)].reset_index(drop=True)
    return both[["treat", "re78", *AMOUNTS, *CATEGORIES]].astype(float).round(2)


def design(frame: pd.DataFrame) -> pd.DataFrame:
    """The covariates as a regression has them."""
    return pd.concat([frame[AMOUNTS].rank() / len(frame), frame[CATEGORIES]], axis=1)


def expected(frame: pd.DataFrame) -> dict[str, object]:
    """The estimate, its error, and of each amount the standardised difference before and after."""
    logit = sm.Logit(frame["treat"], sm.add_constant(design(frame))).fit(disp=0, tol=1e-13, maxiter=200)
    odds = logit.fittedvalues
    arms = [odds[frame["treat"] == each] for each in (1, 0)]
    caliper = 0.2 * np.sqrt((arms[0].var() + arms[1].var()) / 2)
    nearest = [np.abs(arms[int(each)].to_numpy() - here).min() for here, each in zip(odds, frame["treat"], strict=True)]
    kept = frame.assign(odds=odds)[np.array(nearest) <= caliper].sort_values("odds")
    # Men of the same log odds share the middle of theirs.
    own = kept.groupby(kept["odds"].round(9))["treat"].sum()
    middle = (own.cumsum() - own / 2) / own.sum()
    kept["stratum"] = np.minimum((kept["odds"].round(9).map(middle) * 5).astype(int), 4)
    sizes = kept.groupby(["stratum", "treat"]).size().unstack()
    assert (sizes[0] >= 10).all(), sizes  # no stratum has to be joined to another
    rows = design(kept)
    for each in range(5):
        rows[f"s{each}"] = (kept["stratum"] == each).astype(float)
        rows[f"t{each}"] = ((kept["stratum"] == each) & (kept["treat"] == 1)).astype(float)
    fitted = sm.OLS(kept["re78"], rows).fit(cov_type="HC2")
    weights = np.zeros(rows.shape[1])
    for each in range(5):
        weights[rows.columns.get_loc(f"t{each}")] = sizes.loc[each, 1] / sizes[1].sum()
    found = fitted.t_test(weights)
    weight = np.where(kept["treat"] == 1, 1.0, kept["stratum"].map(sizes[1] / sizes[0]))
    alike = {}
    for name in AMOUNTS:
        known = [frame.loc[frame["treat"] == each, name] for each in (1, 0)]
        n = [len(each) for each in known]
        spread = np.sqrt(sum((many - 1) * each.var() for many, each in zip(n, known, strict=True)) / (sum(n) - 2))
        is_treated = kept["treat"] == 1
        gap = kept.loc[is_treated, name].mean() - np.average(kept.loc[~is_treated, name], weights=weight[~is_treated])
        alike[name] = {
            "before": (1 - 3 / (4 * sum(n) - 9)) * (known[0].mean() - known[1].mean()) / spread,
            "after": (1 - 3 / (4 * len(kept) - 9)) * gap / spread,
        }
    return {
        "value": float(found.effect[0]),
        "standard_error": float(found.sd[0, 0]),
        "n": sizes[1].sum().item(),
        "n_comparison": sizes[0].sum().item(),
        "naive": frame.loc[frame["treat"] == 1, "re78"].mean() - frame.loc[frame["treat"] == 0, "re78"].mean(),
        "alike": alike,
    }


if __name__ == "__main__":
    made = men()
    made.to_csv(HERE / "nsw_cps.csv", index=False)
    packages = {name: version(name) for name in ("statsmodels", "pandas", "causaldata")}
    (HERE / "expected.json").write_text(json.dumps({"packages": packages} | expected(made), indent=1) + "\n")
