"""The rival's statistics: the estimates of `transforms.estimate`, in pandas and NumPy.

The formulas are those of the estimators (CR2, Satterthwaite, Wilson with an effective n, Woodruff, ratio of ratios);
tests/benchmarks holds both sides' numbers equal. What the pipeline does and the rival does not: round to the digits
that are sure, name methods, grade.
"""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import pandas as pd
from scipy.special import stdtr, stdtrit
from scipy.stats import binom

from transforms.programme import Indicator, Programme

ARMS = ["by", "period", "group", "arm"]
SIDES = ["by", "period", "group"]
Z = 1.959963984540054
NEVER = 127

Parts = dict[str, pd.Series]


@dataclass(frozen=True)
class Groups:
    """All breakdowns' groups as rows to sum over, so that one pass makes the estimates of every breakdown.

    `keys`: one row a row: by, period, cluster, arm, entered, group, clustered. `codes`: for each breakdown the row of
    each person, or -1 for none.
    """

    keys: pd.DataFrame
    codes: tuple[np.ndarray, ...]

    def sums(self, parts: Parts) -> pd.DataFrame:
        """The parts summed over the people of each row."""
        frame = pd.DataFrame(parts)
        summed = [
            frame.groupby(codes).sum() if (codes >= 0).all() else frame[codes >= 0].groupby(codes[codes >= 0]).sum()
            for codes in self.codes
        ]
        return pd.concat(summed)


@dataclass(frozen=True)
class Cells:
    """The cells, whether each has clusters, the cell of each cluster row, and the cluster row of each row."""

    names: pd.DataFrame
    clustered: pd.Series
    cell: np.ndarray
    of_row: np.ndarray

    @classmethod
    def of(cls, keys: pd.DataFrame, names: list[str]) -> "Cells":
        """The cells told apart by `names`."""
        named = keys.groupby(names, observed=True)
        pairs = pd.DataFrame({"cell": named.ngroup(), "cluster": keys["cluster"]})
        rows = pairs.groupby(["cell", "cluster"], observed=True)
        cell_of_cluster_row = rows.size().index.get_level_values("cell").to_numpy()
        clustered = named["clustered"].first().reset_index(drop=True)
        return cls(named.size().index.to_frame(index=False), clustered, cell_of_cluster_row, rows.ngroup().to_numpy())

    def gathered(self, rows: pd.DataFrame) -> pd.DataFrame:
        """Sums of rows summed up to cluster rows."""
        return rows.groupby(self.of_row).sum()

    def total(self, values: pd.Series) -> pd.Series:
        """The sum over cluster rows, for each cell."""
        return values.groupby(self.cell).sum()

    def spread(self, per_cell: pd.Series) -> np.ndarray:
        """A cell's number at each of its cluster rows."""
        return per_cell.to_numpy()[self.cell]


@dataclass(frozen=True)
class Linearised:
    """A statistic over cluster rows; see `transforms.estimators.cluster_robust.Linearised`."""

    value: pd.Series
    units: pd.Series
    influence: pd.Series
    leverage: pd.Series
    squares: pd.Series
    concentration: pd.Series


def estimates(
    people: pd.DataFrame, rounds: dict[str, pd.DataFrame], enrolments: pd.DataFrame | None, programme: Programme
) -> pd.DataFrame:
    """One row per estimate. `people`: one row a participant; `rounds`: their measurements, row for row.

    Counts are made of `enrolments`, where given.
    """
    groups = _groups(people, programme)
    arms, sides = Cells.of(groups.keys, ARMS), Cells.of(groups.keys, SIDES)
    before = rounds[programme.baseline.id]
    found = [] if enrolments is None else [*_counts(enrolments, programme)]
    for number, each in enumerate(programme.rounds):
        now = rounds[each.id]
        told = groups.sums({"due": now["due"], "told": now["told"]})
        for name, indicator in programme.indicators.items():
            if indicator.statistic in ("count", "transition") or not now[f"{name}__asked"].any():
                continue
            for quantity in _quantities(indicator, before[name], number):
                rows = groups.sums(_parts(name, indicator, quantity, before, now, people["period"]))
                if quantity == "effect":
                    made = _effect(rows, told, groups, sides, indicator, number)
                else:
                    values = _money(name, indicator, quantity, before, now)
                    made = _within_arm(rows, told, groups, arms, indicator, quantity, values)
                found.append(made.assign(indicator=name, quantity=quantity, round=each.id))
    return _finished(pd.concat(found, ignore_index=True), programme)


def _quantities(indicator: Indicator, before: pd.Series, number: int) -> list[str]:
    usual = ("level", "effect") if indicator.statistic == "survival" else ("level", "change", "effect")
    wanted = indicator.quantities or usual
    if before.isna().all():  # never measured at the baseline: only levels afterwards
        return ["level"] if number and "level" in wanted else []
    return [each for each in wanted if each == "level" or number]


def _groups(people: pd.DataFrame, programme: Programme) -> Groups:
    """A course session holds one cluster, so its units stand alone."""
    kinds = {"programme": "programme"} | {each.by: each.kind for each in programme.breakdowns}
    has_clusters = people.groupby(["period", "cluster"], observed=True).ngroups < len(people)
    listed, codes, start = [], [], 0
    for by, kind in kinds.items():
        group = people[by].astype("object") if by != "programme" else pd.Series("all", index=people.index)
        rows = people[["period", "cluster", "arm", "entered"]].assign(group=group)
        rows = rows.groupby(list(rows), observed=True)
        keys = rows.size().index.to_frame(index=False)
        codes.append(np.where(group.isna(), -1, rows.ngroup().to_numpy() + start).astype(np.int64))
        listed.append(keys.assign(by=by, clustered=has_clusters and kind != "session"))
        start += len(keys)
    return Groups(pd.concat(listed, ignore_index=True), tuple(codes))


def _counts(enrolments: pd.DataFrame, programme: Programme) -> Iterator[pd.DataFrame]:
    """Different people or enterprises among the enrolments, by group, in each arm and in all."""
    asked = enrolments["assignment"] == "trained"
    populations = {
        "people_trained": asked & (enrolments["hours_attended"] >= 0.8 * enrolments["hours_required"]),
        "enterprises_supported": asked & (enrolments["enterprise_role"] == "owner") & enrolments["enterprise"].notna(),
    }
    for name, population in populations.items():
        rows = enrolments[population].assign(identity=enrolments[programme.indicators[name].value], programme="all")
        for by in ("programme", *(each.by for each in programme.breakdowns)):
            for arm in (rows["arm"], pd.Series("all", index=rows.index, name="arm")):
                keys = [rows["period"], rows[by].rename("group"), arm]
                different = rows.groupby(keys, observed=True)["identity"].nunique().rename("n").reset_index()
                about = {"indicator": name, "quantity": "count", "round": programme.baseline.id, "by": by}
                yield different.assign(**about, value=different["n"].astype(float), population=different["n"])


def _parts(
    name: str, indicator: Indicator, quantity: str, before: pd.DataFrame, now: pd.DataFrame, period: pd.Series
) -> Parts:
    """What is summed over people for one indicator; unknown values are NaN and add nothing."""
    asked = now[f"{name}__asked"]
    y, x = now[name], now.get(f"{name}__per")
    if quantity == "level":
        return {"asked": asked} | (_ratio_parts({"y": y, "x": x}) if indicator.statistic == "ratio" else _mean_parts(y))
    asked = asked & before[f"{name}__asked"]
    y0, x0 = before[name], before.get(f"{name}__per")
    if indicator.statistic == "ratio":
        return {"asked": asked} | _ratio_parts({"y0": y0, "x0": x0, "y": y, "x": x})
    if indicator.statistic == "money" and indicator.change_as == "percent":
        return {"asked": asked} | _ratio_parts({"y0": y0, "y": y})
    if indicator.statistic == "money" and quantity == "effect":
        limits = y0.groupby(period, observed=True).quantile([0.01, 0.99]).unstack()
        low, high = (period.map(limits[end]).astype(float) for end in (0.01, 0.99))
        y0, y = y0.clip(low, high), y.clip(low, high)
    return {"asked": asked} | _mean_parts(y - y0)


def _mean_parts(values: pd.Series) -> Parts:
    return {"n": values.notna().astype(float), "y": values, "y.y": values * values}


def _ratio_parts(values: Parts) -> Parts:
    known = pd.concat([values[name].notna() for name in values], axis=1).all(axis=1)
    kept = {name: each.where(known) for name, each in values.items()}
    names = list(kept)
    products = {f"{a}.{b}": kept[a] * kept[b] for place, a in enumerate(names) for b in names[place:]}
    return {"n": known.astype(float)} | kept | products


def _mean(rows: pd.DataFrame, cells: Cells) -> Linearised:
    n, y, squares = rows["n"], rows["y"], rows["y.y"]
    units, value = cells.total(n), cells.total(y) / cells.total(n)
    all_units, mean = cells.spread(units), cells.spread(value)
    return Linearised(
        value=value,
        units=n,
        influence=(y - n * mean) / all_units,
        leverage=n / all_units,
        squares=(squares - 2 * mean * y + n * mean**2) / all_units**2,
        concentration=n / all_units**2,
    )


def _ratio(rows: pd.DataFrame, cells: Cells) -> Linearised:
    """A ratio of sums, or its change where the rows hold both rounds."""
    total = {name: cells.total(rows[name]) for name in ("y0", "x0", "y", "x") if name in rows}
    y, x = total["y"], total["x"]
    value, slopes = y / x, {"y": 1 / x, "x": -y / x**2}
    if "y0" in total:
        y0, x0 = total["y0"], total["x0"]
        value = value - y0 / x0
        slopes = {"y0": -1 / x0, "x0": y0 / x0**2} | slopes
    slope = {name: cells.spread(each) for name, each in slopes.items()}
    names, n = list(slope), rows["n"]
    units = cells.spread(cells.total(n))
    squares = sum(
        (1 if a == b else 2) * slope[a] * slope[b] * rows[f"{a}.{b}"]
        for place, a in enumerate(names)
        for b in names[place:]
    )
    influence = sum(slope[name] * rows[name] for name in names)
    return Linearised(value, n, influence, n / units, squares, n / units**2)


def _growth(rows: pd.DataFrame, cells: Cells) -> Linearised:
    """log(sum after / sum before)."""
    y0, y1 = rows["y0"], rows["y"]
    before, after = cells.total(y0), cells.total(y1)
    both, p = cells.spread(before + after), cells.spread(after / (before + after))
    squares = p**2 * rows["y0.y0"] - 2 * p * (1 - p) * rows["y0.y"] + (1 - p) ** 2 * rows["y.y"]
    return Linearised(
        value=np.log((after / before).where((before > 0) & (after > 0))),
        units=rows["n"],
        influence=(y1 - p * (y0 + y1)) / (p * (1 - p) * both),
        leverage=(y0 + y1) / both,
        squares=squares / (p * (1 - p) * both) ** 2,
        concentration=(rows["y0.y0"] + 2 * rows["y0.y"] + rows["y.y"]) / both**2,
    )


def _one_sample(statistic: Linearised, cells: Cells, clustered: pd.Series) -> pd.DataFrame:
    """One row per cell: value, n, clusters, variance, taylor, df."""
    h, u = statistic.leverage, statistic.influence
    b = h**2 / (1 - h)
    rows = {
        "n": statistic.units,
        "clusters": (statistic.units > 0).astype(float),
        "cr2": (u**2 / (1 - h)).where(h < 1, np.inf),
        "meat": u**2,
        "h2": h**2,
        "b": b,
        "b2": b**2,
        "squares": statistic.squares,
        "concentration": statistic.concentration,
    }
    sums = pd.DataFrame(rows).groupby(cells.cell).sum()
    largest = statistic.units.groupby(cells.cell).max()
    groups, k = sums["clusters"], 1 / sums["concentration"]
    many = groups.where(clustered, sums["n"]) > 1
    by_units = sums["squares"].clip(lower=0) * k / (k - 1)
    variance = sums["cr2"].where(clustered, by_units).where(many)
    df = (1 / (sums["h2"] + sums["b"] ** 2 - sums["b2"])).where(clustered, k - 1).where(many)
    taylor = (sums["meat"] * groups / (groups - 1)).where(groups > 1)
    return pd.DataFrame(
        {
            "value": statistic.value,
            "n": sums["n"],
            "clusters": groups,
            "variance": variance,
            "taylor": taylor,
            "df": df,
            "largest": largest,
        }
    )


def _inferred(frame: pd.DataFrame) -> pd.DataFrame:
    """With the interval, p-value and smallest detectable effect of Student's t."""
    error = frame["standard_error"].where(frame["standard_error"] > 0)
    df = frame["df"].where(frame["df"] > 0)
    upper = stdtrit(df, 0.975)
    return frame.assign(
        standard_error=error,
        low=frame["value"] - upper * error,
        high=frame["value"] + upper * error,
        p_value=2 * stdtr(df, -(frame["value"] / error).abs()),
        smallest_detectable=(upper + stdtrit(df, 0.80)) * error,
    )


def _share(frame: pd.DataFrame, clustered: pd.Series) -> pd.DataFrame:
    """With Wilson's interval, Clopper-Pearson's at none and all; clusters by Korn and Graubard's effective n."""
    n, p = frame["n"], frame["value"]
    shrink = pd.Series(stdtrit(n - 1, 0.975) / stdtrit(frame["df"].where(frame["df"] > 0), 0.975), n.index) ** 2
    shrink = shrink.where(n > 1).clip(upper=1)
    effective = (p * (1 - p) / frame["variance"]).where((frame["variance"] > 0) & (p > 0) & (p < 1), n)
    size = np.minimum(n, effective * shrink).where(clustered, n)
    successes = p * size
    centre = (successes + Z**2 / 2) / (size + Z**2)
    spread = np.sqrt(successes * (size - successes) / size + Z**2 / 4) * Z / (size + Z**2)
    exact = 0.025 ** (1 / size)
    low = (centre - spread).clip(0, 1).mask(p <= 0, 0.0).mask(p >= 1, exact)
    high = (centre + spread).clip(0, 1).mask(p <= 0, 1 - exact).mask(p >= 1, 1.0)
    error = np.sqrt(frame["variance"])
    return frame.assign(standard_error=error, low=low, high=high, numerator=(p * n).round())


def _within_arm(
    rows: pd.DataFrame,
    told: pd.DataFrame,
    groups: Groups,
    cells: Cells,
    indicator: Indicator,
    quantity: str,
    values: pd.Series | None,
) -> pd.DataFrame:
    """Levels or changes: one row per cell."""
    gathered = cells.gathered(rows)
    if values is not None:
        found = _medians(values, groups, cells)
    elif indicator.statistic == "ratio":
        found = _one_sample(_ratio(gathered, cells), cells, cells.clustered)
        if quantity == "level":
            variance = found["taylor"].where(cells.clustered, found["variance"])
            found = found.assign(variance=variance, df=(found["clusters"] - 1).where(cells.clustered, found["df"]))
        found = _inferred(found.assign(standard_error=np.sqrt(found["variance"])))
    else:
        found = _one_sample(_mean(gathered, cells), cells, cells.clustered)
        if quantity == "level" and indicator.statistic != "mean":
            found = _share(found, cells.clustered)
        else:
            found = _inferred(found.assign(standard_error=np.sqrt(found["variance"])))
    found["population"] = cells.total(gathered["asked"])
    return _named(found, cells, cells.gathered(told))


def _named(found: pd.DataFrame, cells: Cells, told: pd.DataFrame) -> pd.DataFrame:
    response = cells.total(told["told"]) / cells.total(told["due"])
    named = cells.names.join(found.assign(response=response))
    return named[named["population"] > 0].drop(columns=["variance", "taylor", "largest"], errors="ignore")


def _money(name: str, indicator: Indicator, quantity: str, before: pd.DataFrame, now: pd.DataFrame) -> pd.Series | None:
    """What medians are taken of: a level, or a change in money or per cent."""
    if indicator.statistic != "money" or quantity == "effect":
        return None
    if quantity == "level":
        return now[name]
    if indicator.change_as == "percent":
        return (now[name] / before[name] - 1).where(before[name] > 0)
    return now[name] - before[name]


def _medians(values: pd.Series, groups: Groups, cells: Cells) -> pd.DataFrame:
    """One row per cell: the median, with Woodruff's interval (clusters) or order statistics, and a sign test."""
    ordered = values.dropna().sort_values(kind="stable")
    row = np.concatenate([codes[ordered.index] for codes in groups.codes])
    sample = pd.DataFrame({"row": row, "y": np.tile(ordered.to_numpy(), len(groups.codes))})
    sample = sample[sample["row"] >= 0]
    sample["row"] = cells.of_row[sample["row"]]
    sample["cell"] = cells.cell[sample["row"]]
    sample = sample.sort_values("cell", kind="stable", ignore_index=True)
    index = cells.names.index
    count = sample.groupby("cell").size().reindex(index, fill_value=0)
    clusters = sample.drop_duplicates("row").groupby("cell").size().reindex(index, fill_value=0)
    first = count.cumsum() - count
    ys = sample["y"].to_numpy()

    def at(rank: pd.Series) -> pd.Series:
        inside = (rank >= 1) & (rank <= count)
        return pd.Series(ys[(first + rank - 1).where(inside, 0).astype(int)], index).where(inside)

    def inverse(probability: pd.Series) -> pd.Series:
        inside = (probability > 0) & (probability < 1)
        return at(np.ceil(probability.where(inside, 0) * count - 1e-9).clip(lower=1).astype(int)).where(inside)

    value = (at((count + 1) // 2) + at(count // 2 + 1)) / 2
    by_cluster = cells.clustered
    share = _scored(sample, (ys <= value.to_numpy()[sample["cell"]]).astype(float), cells)
    upper = pd.Series(stdtrit(share["df"].where(share["df"] > 0), 0.975), index)
    reach = upper * np.sqrt(share["variance"].where(share["variance"] > 0))
    sizes, where = np.unique(count, return_inverse=True)
    rank = pd.Series(binom.ppf(0.025, sizes, 0.5)[where], index).fillna(0).astype(int)
    low = inverse(0.5 - reach).where(by_cluster, at(rank))
    high = inverse(0.5 + reach).where(by_cluster, at((count + 1 - rank).where(rank >= 1, 0)))
    df = share["df"].where(by_cluster, count - 1.0)
    error = (high - low) / (2 * upper.where(by_cluster, Z))
    p = _sign_test(sample, cells).where(~by_cluster, _cluster_sign_test(sample, cells))
    detectable = (stdtrit(df.where(df > 0), 0.975) + stdtrit(df.where(df > 0), 0.80)) * error
    columns = {"value": value, "n": count, "clusters": clusters, "df": df, "low": low, "high": high}
    return pd.DataFrame(columns | {"standard_error": error, "p_value": p, "smallest_detectable": detectable})


def _cluster_sign_test(sample: pd.DataFrame, cells: Cells) -> pd.Series:
    signs = _scored(sample, np.sign(sample["y"]), cells)
    error = np.sqrt(signs["variance"].where(signs["variance"] > 0))
    return pd.Series(2 * stdtr(signs["df"], -(signs["value"] / error).abs()), signs.index)


def _sign_test(sample: pd.DataFrame, cells: Cells) -> pd.Series:
    counted = [
        (sample["y"] * side > 0).groupby(sample["cell"]).sum().reindex(cells.names.index, fill_value=0)
        for side in (1, -1)
    ]
    trials = counted[0] + counted[1]
    return pd.Series((2 * binom.cdf(np.minimum(*counted), trials, 0.5)).clip(max=1), trials.index).where(trials > 0)


def _scored(sample: pd.DataFrame, scores: pd.Series, cells: Cells) -> pd.DataFrame:
    """The cells' mean scores with CR2 variance and df."""
    rows = pd.DataFrame({"n": 1.0, "y": scores}).groupby(sample["row"]).sum()
    rows = rows.reindex(range(len(cells.cell)), fill_value=0.0)
    every = pd.Series(True, cells.names.index)
    return _one_sample(_mean(rows.assign(**{"y.y": rows["y"]}), cells), cells, every)


def _effect(
    rows: pd.DataFrame, told: pd.DataFrame, groups: Groups, cells: Cells, indicator: Indicator, number: int
) -> pd.DataFrame:
    """Treated against comparison, for each cell that has both."""
    entered = groups.keys["entered"]
    inside = {"t": entered.between(1, number), "c": entered > number}
    here = {side: cells.total(cells.gathered(mask.astype(int).to_frame("has"))["has"]) for side, mask in inside.items()}
    has_both = (here["t"] > 0) & (here["c"] > 0)
    if not has_both.any():
        return pd.DataFrame()
    gathered = {side: cells.gathered(rows.where(mask, 0.0)) for side, mask in inside.items()}
    grows = indicator.statistic == "money" and indicator.change_as == "percent"
    linearise = _growth if grows else _ratio if indicator.statistic == "ratio" else _mean
    statistics = {side: linearise(sums, cells) for side, sums in gathered.items()}
    found = _two_samples(statistics, cells, welch=grows)
    found["standard_error"] = np.sqrt(found["variance"])
    found = _inferred(found)
    if grows:
        factor = np.exp(found["value"])
        for column in ("value", "low", "high", "smallest_detectable"):
            found[column] = np.exp(found[column]) - 1
        found["standard_error"] *= factor
    found["population"] = cells.total(gathered["t"]["asked"] + gathered["c"]["asked"])
    either = inside["t"] | inside["c"]
    named = _named(found[has_both], cells, cells.gathered(told.where(either, 0.0)))
    return named.assign(arm="both")


def _two_samples(statistics: dict[str, Linearised], cells: Cells, welch: bool) -> pd.DataFrame:
    clustered = cells.clustered
    t, c = (_one_sample(statistics[side], cells, clustered) for side in ("t", "c"))
    units = {side: statistics[side].units > 0 for side in ("t", "c")}
    shared = (units["t"] & units["c"]).groupby(cells.cell).any() & clustered
    single = (t["largest"] <= 1) & (c["largest"] <= 1)
    by_variance = (single & ~shared) | ~clustered | welch
    weight = {side: arm["variance"].where(by_variance, 1 / arm["n"]) for side, arm in (("t", t), ("c", c))}
    df = (weight["t"] + weight["c"]) ** 2 / (weight["t"] ** 2 / t["df"] + weight["c"] ** 2 / c["df"])
    groups = (units["t"] | units["c"]).groupby(cells.cell).sum().astype(float)
    difference = statistics["t"].influence.fillna(0) - statistics["c"].influence.fillna(0)
    n = t["n"] + c["n"]
    cr1 = (difference**2).groupby(cells.cell).sum() * groups / (groups - 1) * (n - 1) / (n - 2)
    return pd.DataFrame(
        {
            "value": t["value"] - c["value"],
            "n": t["n"],
            "n_comparison": c["n"],
            "clusters": t["clusters"],
            "clusters_comparison": c["clusters"],
            "variance": (t["variance"] + c["variance"]).mask(shared, cr1),
            "df": df.mask(shared, groups - 1),
        }
    )


def _finished(found: pd.DataFrame, programme: Programme) -> pd.DataFrame:
    """With q-values by Benjamini and Hochberg within families."""
    families = {name: each.family or each.section for name, each in programme.indicators.items()}
    contrast = found["quantity"].isin(["change", "effect"])
    found["p_value"] = found["p_value"].where(contrast)
    found["missing"] = (found["population"] - found["n"] - found["n_comparison"].fillna(0)).clip(lower=0)
    family = found["indicator"].map(families).where(found["by"] == "programme", found["indicator"])
    tested = found.assign(family=family)[found["p_value"].notna()].sort_values(
        "p_value", ascending=False, kind="stable"
    )
    by_family = tested.groupby(["period", "quantity", "round", "arm", "by", "family"], observed=True)
    size = by_family["p_value"].transform("size")
    stepped = (tested["p_value"] * size / (size - by_family.cumcount())).rename("q_value")
    keys = [tested[name] for name in ("period", "quantity", "round", "arm", "by", "family")]
    found["q_value"] = stepped.groupby(keys, observed=True).cummin().clip(upper=1)
    return found
