"""A national release: 25 indicators of a million people at four rounds, in 80 areas and 10 subgroups.

What is measured of people is made up and lies in one Parquet file, as the pipeline holds it before estimating.
"""

from datetime import date
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl

from transforms.programme import Programme

AREAS, INDICATORS = 80, 25
SUBGROUPS = {"sex": 2, "age_band": 4, "sector": 4}
ROUNDS = ("start", "m3", "m6", "m12")
STATISTICS = {"proportion": 10, "mean": 6, "ratio": 3, "money": 3, "growth": 3}
"""How many indicators of each; of `growth` is money whose change is told in per cent."""
SESSIONS = 1_000
RESPONSE = 0.85
FILE = "measured.parquet"
ABOUT = ("participant", "round", "period", "cluster", "arm", "due", "answered", "closed", "treated", "exposed")


def _text(words: str) -> dict[str, str]:
    return {"th": words, "en": words}


def _question(name: str, kind: str) -> dict[str, Any]:
    return {"path": name, "type": kind, "title": _text(name), "profile": kind == "code"}


def indicators() -> dict[str, str]:
    """The statistic of every indicator."""
    return {f"{each}_{number}": each for each, many in STATISTICS.items() for number in range(many)}


def programme() -> Programme:
    """The programme that such measurements belong to."""
    declared = {
        name: {
            **dict.fromkeys(("title", "meaning", "unit"), _text(name)),
            "section": "growth",
            "shown_as": "decimal",
            "statistic": "money" if statistic == "growth" else statistic,
            "change_as": "percent" if statistic == "growth" else "difference",
            "value": "answer",
            "per": "answer" if statistic == "ratio" else None,
        }
        for name, statistic in indicators().items()
    }
    codes = ("session", "area", *SUBGROUPS, "given")
    questions = {
        "participant_id": {"path": "id", "type": "code", "title": _text("id"), "identity": True},
        "registered_on": _question("registered_on", "date"),
        **{name: _question(name, "code") for name in codes},
        "answer": _question("answer", "number"),
    }
    form = {"kind": "registration", "title": _text("form"), "key": ["participant_id"], "questions": questions}
    return Programme.model_validate(
        {
            "id": "release",
            **dict.fromkeys(("title", "agency", "about", "unit"), _text("release")),
            "rounds": [{"id": each, "title": _text(each), "short": _text(each)} for each in ROUNDS],
            "periods": [{"id": "y1", "title": _text("y1"), "start": date(2026, 1, 1), "end": date(2026, 12, 31)}],
            "sources": [{"id": "sheets", "kind": "file_drop", "form": "registration", "files": "*.csv"}],
            "design": {
                "kind": "difference_in_differences",
                "treatment": "given = 'yes' AND round <> 'start'",
                "arms": {"treated": _text("t"), "comparison": _text("c")},
                "cluster": "session",
            },
            "breakdowns": [
                {"by": "area", "kind": "area"},
                *({"by": name, "kind": "subgroup"} for name in SUBGROUPS),
            ],
            "forms": {"registration": form},
            "indicators": declared,
        }
    )


def make(folder: Path, people: int) -> None:
    """Writes the file: one row a person and round."""
    noise = np.random.default_rng(2569)
    session = np.sort(noise.integers(0, min(SESSIONS, max(people // 30, 2 * AREAS)), people))
    treated = session % 2 == 0
    profile = pl.DataFrame(
        {
            "participant": pl.int_range(people, eager=True).cast(pl.String).str.zfill(26),
            "period": pl.repeat("y1", people, eager=True),
            "cluster": pl.Series(session).cast(pl.String),
            "arm": pl.Series(np.where(treated, "treated", "comparison")).cast(pl.Enum(["treated", "comparison"])),
            "area": pl.Series(session // 2 % AREAS).cast(pl.String),
            **{name: pl.Series(noise.integers(0, many, people)).cast(pl.String) for name, many in SUBGROUPS.items()},
        }
    )
    rounds = [_round(noise, profile, number, treated) for number in range(len(ROUNDS))]
    pl.concat(rounds).write_parquet(folder / FILE)


def _round(noise: np.random.Generator, profile: pl.DataFrame, number: int, treated: np.ndarray) -> pl.DataFrame:
    people = profile.height
    told = noise.random(people) < (RESPONSE if number else 1)
    exposed = treated & (number > 0)
    values: dict[str, np.ndarray] = {}
    for name, statistic in indicators().items():
        lift = 0.1 * number * exposed
        if statistic == "proportion":
            values[name] = (noise.random(people) < 0.3 + lift).astype(float)
        elif statistic in ("mean", "ratio"):
            values[name] = noise.normal(5 + lift, 2).round(1)
        else:
            values[name] = noise.lognormal(9 + lift, 1).round(-1)
        if statistic == "ratio":
            values[f"{name}__per"] = noise.uniform(5, 9, people).round(1)
    known = pl.Series(told)
    return profile.with_columns(
        round=pl.lit(ROUNDS[number]),
        due=pl.lit(True),
        answered=known,
        closed=pl.lit(False),
        treated=pl.Series(exposed),
        exposed=pl.Series(exposed),
        **{name: pl.when(known).then(pl.Series(column)) for name, column in values.items()},
        **{f"{name}__asked": known for name in indicators()},
    )


def bare(folder: Path) -> list[pl.DataFrame]:
    """The least: scan the file, and average and count every indicator by round, arm and group."""
    scanned = pl.scan_parquet(folder / FILE)
    names = list(indicators())
    asked = [*(pl.col(name).mean().alias(f"{name}.mean") for name in names), *(pl.col(name).count() for name in names)]
    groups = ([], ["area"], *([name] for name in SUBGROUPS))
    return pl.collect_all([scanned.group_by("round", "arm", *by).agg(asked) for by in groups], engine="streaming")


def ours(folder: Path) -> pl.DataFrame:
    """The table Estimates: levels, changes and effects with intervals, df, p and q."""
    from transforms.estimate import estimate

    declared = programme()
    measured = pl.read_parquet(folder / FILE)
    about = [*ABOUT, "area", *SUBGROUPS]
    measurements = measured.select("participant", "round", pl.col("^(proportion|mean|ratio|money|growth)_.*$"))
    responses = measured.select(about)
    del measured
    return estimate(responses, measurements, responses.clear(), declared).estimates


def by_pandas(folder: Path) -> Any:
    """The same estimates in pandas and NumPy, from the same file."""
    import pandas as pd

    from benchmarks.rival_estimates import NEVER, estimates

    measured = pd.read_parquet(folder / FILE)
    rounds = {name: part.reset_index(drop=True) for name, part in measured.groupby("round", observed=True)}
    del measured
    people = rounds[ROUNDS[0]][["period", "cluster", "arm", "area", *SUBGROUPS]].copy()
    people["entered"] = NEVER
    for number, name in reversed(list(enumerate(ROUNDS))):
        people.loc[rounds[name]["exposed"], "entered"] = number
        rounds[name]["told"] = rounds[name]["answered"] | rounds[name]["closed"]
    return estimates(people, rounds, None, programme())
