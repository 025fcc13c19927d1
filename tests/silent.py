"""A small programme of which a part does not answer: the skilled answer more often, and gain more."""

from datetime import date

import numpy as np
import polars as pl

from transforms.programme import Programme

TEXT = {"th": "ก", "en": "a"}


def question(kind: str, **more: object) -> dict[str, object]:
    return {"path": "p", "type": kind, "title": TEXT, **more}


def indicator(statistic: str, value: str, **more: object) -> dict[str, object]:
    shared = {"title": TEXT, "meaning": TEXT, "unit": TEXT, "section": "growth", "shown_as": "decimal"}
    return {**shared, "statistic": statistic, "value": value, **more}


QUESTIONS = {
    "participant_id": question("code", identity=True),
    "registered_on": question("date"),
    **{name: question("code", profile=True) for name in ("session", "sex", "given", "skill")},
    "drawn": question("number", required=True, minimum=0.1),
    "score": question("number"),
    "money": question("money"),
    "money_all": question("money"),
    "online": question("boolean"),
}
INDICATORS = {
    "score": indicator("mean", "score"),
    "online": indicator("proportion", "online"),
    "part": indicator("ratio", "money", per="money_all"),
    "sales": indicator("money", "money", change_as="percent"),
    "profit": indicator("money", "money"),
    "open": indicator("survival", "online", quantities=["level"]),
}


def programme(**declared: object) -> Programme:
    return Programme.model_validate(
        {
            "id": "small",
            **dict.fromkeys(("title", "agency", "about", "unit"), TEXT),
            "rounds": [{"id": each, "title": TEXT, "short": TEXT} for each in ("start", "m6")],
            "periods": [{"id": "y1", "title": TEXT, "start": date(2026, 1, 1), "end": date(2026, 12, 31)}],
            "sources": [{"id": "sheets", "kind": "file_drop", "form": "registration", "files": "*.csv"}],
            "design": {
                "kind": "difference_in_differences",
                "treatment": "given = 'yes' AND round <> 'start'",
                "arms": {"treated": TEXT, "comparison": TEXT},
                "cluster": "session",
            },
            "breakdowns": [{"by": "sex", "kind": "subgroup"}, {"by": "session", "kind": "session"}],
            "forms": {
                "registration": {
                    "kind": "registration",
                    "title": TEXT,
                    "key": ["participant_id"],
                    "questions": QUESTIONS,
                }
            },
            "indicators": INDICATORS,
            **declared,
        }
    )


PROPENSITY = {"covariates": ["skill", "sex"]}


def responses(people: int = 480, seed: int = 1, *, everybody: bool = False) -> pl.DataFrame:
    """Twenty sessions, half of them trained. The skilled answer more often, and gain more: missing at random."""
    noise = np.random.default_rng(seed)
    session = noise.permutation(np.arange(people) % 20)
    given = session % 2 == 0
    skill, sex = noise.choice(["low", "some", "high"], people), noise.choice(["f", "m"], people)
    level = np.select([skill == "low", skill == "some"], [0.0, 1.0], 2.0)
    tells = noise.random(people) < 0.3 + 0.3 * level * given + 0.1 * (sex == "f")
    blocks = []
    for number, each in enumerate(("start", "m6")):
        answered = np.full(people, True) if number == 0 or everybody else tells
        lift = number * given * (1 + 2 * level)
        money = np.round(noise.lognormal(6, 0.8, people) * (1 + 0.2 * lift))
        values = {
            "score": 5 + level + lift + noise.normal(0, 1, people) + noise.normal(0, 0.1, 20)[session],
            "money": money,
            "money_all": money + noise.uniform(0, 900, people).round(),
            "online": noise.random(people) < 0.2 + 0.1 * level + 0.1 * lift,
        }
        blocks.append(
            pl.DataFrame(
                {
                    "participant": [f"P{each:05d}" for each in range(people)],
                    "round": each,
                    "enterprise": None,
                    "period": "y1",
                    "cluster": [f"S{each:02d}" for each in session],
                    "arm": np.where(given, "treated", "comparison"),
                    "registered_on": date(2026, 2, 1),
                    "treated": given & (number > 0),
                    "exposed": given & (number > 0),
                    "due": True,
                    "answered": answered,
                    "closed": False,
                    "session": [f"S{each:02d}" for each in session],
                    "sex": sex,
                    "given": np.where(given, "yes", "no"),
                    "skill": skill,
                    "drawn": noise.permutation(np.arange(people) % 3 + 1.0),
                    **values,
                }
            ).with_columns(pl.when("answered").then(pl.col(*values)))
        )
    return pl.concat(blocks)
