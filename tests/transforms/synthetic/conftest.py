from pathlib import Path

import polars as pl
import pytest

from transforms.loading import load_programme
from transforms.programme import Programme
from transforms.synthetic import MadeUp, Spec, answers, make_up, model
from transforms.synthetic.people import people

LARGE = Spec(seed=11, participants=240_000, trained_sessions=6_000, waiting_sessions=4_000, faults=False)


@pytest.fixture(scope="session")
def programme() -> Programme:
    return load_programme(Path(__file__).parents[3] / "programmes" / "community_economy")


@pytest.fixture(scope="session")
def made(programme: Programme) -> MadeUp:
    return make_up(programme, Spec(seed=7))


@pytest.fixture(scope="session")
def rounds() -> dict[str, pl.DataFrame]:
    """The answers of each round, with the baseline's beside them, of everybody who answered or had closed."""
    units, everybody = people(LARGE)
    drawn = answers.draw(units, LARGE)
    baseline = answers.registrations(everybody, drawn, LARGE)
    followed = {each: answers.follow_up(everybody, drawn, model.ROUNDS.index(each), LARGE) for each in model.ROUNDS[1:]}
    told = pl.col("contact_result").is_in(["completed", "partial", "closed_business"])
    return {
        "registration": baseline,
        **{each: frame.filter(told).join(baseline, on="person", suffix="_before") for each, frame in followed.items()},
    }
