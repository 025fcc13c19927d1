"""The estimates of a programme, from its inbox: `python -m tests.estimating PROGRAMME FOLDER` writes them to a file.

Beside them those of many people at once, which are enough for Polars to share among its threads.
"""

import locale
import sys
from contextlib import suppress
from pathlib import Path

import polars as pl

from flows.declared import programme_named
from flows.gathering import gather
from flows.pull import pull
from transforms.estimate import estimate
from transforms.measure import measure

MANY = 30_000


def estimates_of(name: str) -> pl.DataFrame:
    """What comes out of the inbox of the programme of that name."""
    assert set(pull(name).values()) == {"pulled"}
    programme = programme_named(name)
    linked = gather(programme, None).linked
    return estimate(linked.responses, measure(linked.responses, programme), linked.enrolments, programme).estimates


def main() -> None:
    """Writes `of_inbox.parquet` and `of_many.parquet` into the folder."""
    from tests.transforms.test_estimate import estimated, programme, responses

    with suppress(locale.Error):  # as a program of an office would; not every locale is installed everywhere
        locale.setlocale(locale.LC_ALL, "")
    name, folder = sys.argv[1], Path(sys.argv[2])
    estimates_of(name).write_parquet(folder / "of_inbox.parquet")
    estimated(responses(MANY), programme()).write_parquet(folder / "of_many.parquet")


if __name__ == "__main__":
    main()
