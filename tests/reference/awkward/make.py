"""Makes panel.csv and expected.json again; run by hand, in an environment with the packages that it notes.

python tests/reference/awkward/make.py
"""

import json
from importlib.metadata import version
from pathlib import Path

import numpy as np
import pandas as pd
import pyfixest as pf
import statsmodels.api as sm

HERE = Path(__file__).parent


def panel() -> pd.DataFrame:
    """60 units of 13 villages over up to 6 rounds with gaps, units seen once, and enumerators who cross villages."""
    noise = np.random.default_rng(20_08)
    units, rounds = 60, 6
    frame = pd.DataFrame({"unit": np.repeat(np.arange(units), rounds), "round": np.tile(np.arange(rounds), units)})
    village = np.minimum(noise.integers(0, 15, units), 12)
    unit, at = frame["unit"].to_numpy(), frame["round"].to_numpy()
    frame["village"] = village[unit]
    frame["enumerator"] = noise.integers(0, 9, len(frame))
    frame["region"] = frame["village"] % 3
    entry = np.where(village % 4 == 0, 2, np.where(village % 4 == 1, 4, 99))
    frame["entered"] = entry[unit]
    frame["treated"] = (at >= entry[unit]).astype(int)
    frame["weight"] = np.round(noise.uniform(0.4, 4.0, units)[unit] * noise.uniform(0.8, 1.2, len(frame)), 3)
    frame["x"] = np.round(noise.normal(size=len(frame)) + 0.3 * at, 3)
    level = noise.normal(size=units)[unit] + noise.normal(size=13)[frame["village"]]
    frame["y"] = np.round(
        level + 0.2 * at + 0.5 * frame["treated"] - 0.4 * frame["x"] + noise.normal(size=len(frame)), 3
    )
    frame["count"] = noise.poisson(np.exp(0.2 * level + 0.1 * at + 0.3 * frame["treated"] + 0.1 * frame["x"]))
    frame.loc[frame["unit"] == 7, "count"] = 0
    seen_once = noise.choice(units, 4, replace=False)
    stays = (noise.random(len(frame)) > 0.25) & (~frame["unit"].isin(seen_once) | (at == 3))
    return frame[stays].sample(frac=1, random_state=3).reset_index(drop=True)


def expected(data: pd.DataFrame) -> dict[str, object]:
    """By model and kind of error, of `treated` and `x`: slopes, errors; and what else the packages tell."""
    made: dict[str, object] = {"versions": {name: version(name) for name in ("statsmodels", "pyfixest", "numpy")}}
    x = sm.add_constant(data[["treated", "x"]])
    village = {"groups": data["village"]}
    for weights in (None, "weight"):
        model = sm.WLS(data["y"], x, weights=data[weights] if weights else 1.0)
        fits = {"classical": model.fit()} | {f"hc{n}": model.fit(cov_type=f"HC{n}") for n in range(4)}
        fits |= {"cr0": model.fit(cov_type="cluster", cov_kwds=village | {"use_correction": False})}
        fits |= {"cr1": model.fit(cov_type="cluster", cov_kwds=village)}
        made[f"no effects, {'weighted' if weights else 'plain'}"] = {
            "slopes": list(fits["classical"].params[["treated", "x"]]),
            "r2": fits["classical"].rsquared,
        } | {kind: list(fit.bse[["treated", "x"]]) for kind, fit in fits.items()}
    absorbed = {"one effect": "unit", "two effects": "unit + round", "three effects": "unit + round + enumerator"}
    for name, effects in absorbed.items():
        for weights in (None, "weight"):
            for singletons in ("none", "singleton"):
                label = f"{name}, {'weighted' if weights else 'plain'}, {singletons}"
                made[label] = _fixest(data, f"y ~ treated + x | {effects}", weights, singletons, pf.feols)
    made["poisson, plain, singleton"] = _fixest(
        data, "count ~ treated + x | unit + round", None, "singleton", pf.fepois
    )
    made["poisson, weighted, singleton"] = _fixest(
        data, "count ~ treated + x | unit + round", "weight", "singleton", pf.fepois
    )
    poisson = sm.GLM(data["count"], x, family=sm.families.Poisson())
    fits = {"classical": poisson.fit(tol=1e-14), "hc0": poisson.fit(cov_type="HC0", tol=1e-14)}
    fits["cr0"] = poisson.fit(cov_type="cluster", cov_kwds=village | {"use_correction": False}, tol=1e-14)
    made["poisson, no effects"] = {"slopes": list(fits["classical"].params[["treated", "x"]])} | {
        kind: list(fit.bse[["treated", "x"]]) for kind, fit in fits.items()
    }
    return made


def _fixest(data, formula, weights, singletons, model) -> dict[str, object]:
    precise = pf.MapDemeaner(fixef_tol=1e-13, fixef_maxiter=1_000_000)
    more = {"weights": weights, "fixef_rm": singletons, "demeaner": precise}
    more |= {"iwls_tol": 1e-13, "iwls_maxiter": 100} if model is pf.fepois else {}
    fit = model(formula, data, vcov="hetero", **more)
    found: dict[str, object] = {"slopes": list(fit.coef()), "rows": int(fit._N), "hc1": list(fit.se())}
    if model is pf.feols:
        found |= {"within": float(fit._r2_within), "r2": float(fit._r2), "classical": list(fit.vcov("iid").se())}
    for cluster in ("unit", "village", "enumerator"):
        for counted in ("nonnested", "full"):
            again = model(formula, data, vcov={"CRV1": cluster}, ssc=pf.ssc(k_fixef=counted), **more)
            found[f"cr1 {cluster} {counted}"] = list(again.se())
    return found


if __name__ == "__main__":
    drawn = panel()
    drawn.to_csv(HERE / "panel.csv", index=False)
    data = pd.read_csv(HERE / "panel.csv")
    (HERE / "expected.json").write_text(json.dumps(expected(data), indent=1) + "\n")
