"""Cleaning the sheets of a made-up programme finds the faults that were put into them, and no other."""

from datetime import UTC, datetime
from pathlib import Path

import pytest

from transforms.clean import clean_submissions
from transforms.loading import load_programme
from transforms.synthetic import Spec, make_up, submissions

PROGRAMMES = Path(__file__).parents[2] / "programmes"


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_cleaning_finds_just_the_faults_that_were_planted(seed):
    programme = load_programme(PROGRAMMES / "community_economy")
    made = make_up(programme, Spec(seed=seed))
    for source in programme.sources:
        landed = submissions(made.sheets[source.id], source.id, datetime(2026, 10, 1, tzinfo=UTC))
        cleaned = clean_submissions(landed, programme.forms[source.form], source, programme)
        planted = made.planted.sources[source.id]
        balance = cleaned.balance.row(0, named=True)
        assert balance["landed"] == planted.landed
        assert balance["accepted"] == planted.accepted
        assert balance["duplicates"] == planted.duplicates
        assert balance["superseded"] == planted.superseded
        assert dict(cleaned.rejects["rule"].value_counts().iter_rows()) == planted.rejected
