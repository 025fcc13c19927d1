from pathlib import Path

import pytest

from transforms.loading import load_programme
from transforms.programme import Programme
from transforms.synthetic import MadeUp, Spec, make_up


@pytest.fixture(scope="session")
def programme() -> Programme:
    return load_programme(Path(__file__).parents[3] / "programmes" / "community_economy")


@pytest.fixture(scope="session")
def made(programme: Programme) -> MadeUp:
    return make_up(programme, Spec(seed=7))
