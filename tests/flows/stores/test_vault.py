import base64
import hmac

import polars as pl
import pytest

from flows.stores.vault import Vault
from transforms.errors import UserError


@pytest.fixture
def vault(tmp_path):
    return Vault(tmp_path)


@pytest.fixture
def accepted():
    return pl.DataFrame(
        {
            "_row": [2, 3, 4],
            "participant_id": ["P1", "P2", "P1"],
            "enterprise_id": ["E1", None, "E1"],
            "name": ["สมชาย", "สมหญิง", "สมชาย ใจดี"],
            "sales": [1.0, 2.0, 3.0],
        }
    )


def test_a_pseudonym_is_the_keyed_hash_in_base_32(vault, tmp_path):
    key = (tmp_path / "key").read_bytes()
    expected = base64.b32encode(hmac.digest(key, "participant|ก1".encode(), "sha256"))[:24].decode()
    assert vault.pseudonyms("participant", pl.Series(["ก1"])).to_list() == [expected]


def test_the_same_id_of_another_kind_is_another_pseudonym(vault):
    ids = pl.Series(["A"])
    assert vault.pseudonyms("participant", ids).to_list() != vault.pseudonyms("enterprise", ids).to_list()


def test_pseudonyms_keep_order_nulls_and_outlive_the_process(vault, tmp_path):
    first = vault.pseudonyms("participant", pl.Series(["b", None, "a", "b"]))
    assert first[0] == first[3] != first[2]
    assert first[1] is None
    assert Vault(tmp_path).pseudonyms("participant", pl.Series(["a", "b"])).to_list() == [first[2], first[0]]


def test_no_identity_column_is_left(vault, accepted, form):
    named = vault.pseudonymise(accepted, form)
    assert set(named.columns) == {"_row", "sales", "participant", "enterprise"}
    assert named["participant"].n_unique() == 2
    assert named["enterprise"].null_count() == 1


def test_contacts_hold_the_latest_answers_for_the_owner_alone(vault, accepted, form):
    path = vault.keep_contacts(accepted, "registration", form)
    assert path.stat().st_mode & 0o777 == 0o600
    contacts = pl.read_parquet(path)
    assert contacts.height == 2
    assert contacts.filter(participant_id="P1")["name"].to_list() == ["สมชาย ใจดี"]
    assert "sales" not in contacts.columns


def test_the_key_is_private_and_one_that_is_not_is_refused(vault, tmp_path):
    key = tmp_path / "key"
    assert key.stat().st_mode & 0o777 == 0o600
    key.chmod(0o644)
    with pytest.raises(UserError, match="chmod 600"):
        Vault(tmp_path)
