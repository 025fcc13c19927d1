import polars as pl
import pytest

from flows.references import without_identity
from flows.stores.vault import Vault
from transforms.programme import Postgres


@pytest.fixture
def submissions():
    return pl.DataFrame({"_key": ["0000000001", "0000000002"], "sales": ["1", "2"]})


def of_database(key):
    return Postgres(id="office", kind="postgres", form="registration", connection="office", table="t", key=key)


def test_a_database_key_that_is_somebodys_number_becomes_a_pseudonym(submissions, form, tmp_path):
    named = without_identity(submissions, of_database(("รหัส",)), form, Vault(tmp_path))
    assert named["sales"].equals(submissions["sales"])
    assert named["_key"].n_unique() == 2
    assert not set(named["_key"]) & set(submissions["_key"])


def test_any_other_key_stays(submissions, form, tmp_path, source):
    vault = Vault(tmp_path)
    assert without_identity(submissions, of_database(("row_id",)), form, vault).equals(submissions)
    assert without_identity(submissions, source, form, vault).equals(submissions)
