import base64
import secrets

import polars as pl
import pytest

from flows.sources import file_drop
from flows.stores import payloads
from flows.stores.landing import Landing
from flows.stores.revisions import latest
from transforms.errors import SourceError, UserError

KEY = bytes(range(32))
NAME = "กานารีZzcanary"


@pytest.fixture
def parquet(tmp_path):
    path = tmp_path / "rows.parquet"
    pl.DataFrame({"name": [NAME, None], "n": ["1", "2"]}).write_parquet(path, compression="uncompressed")
    return path


@pytest.fixture
def sealed(parquet):
    return payloads.seal(parquet, KEY)


def reason_of(path, key):
    with pytest.raises(SourceError) as error:
        payloads.read(path, key)
    assert NAME not in str(error.value)
    return error.value.code, str(error.value)


def test_a_sealed_file_reads_back_as_it_was_and_shows_nothing(parquet):
    before = pl.read_parquet(parquet)
    assert NAME.encode() in parquet.read_bytes()
    sealed = payloads.seal(parquet, KEY)
    assert payloads.read(sealed, KEY).equals(before)
    assert NAME.encode() not in sealed.read_bytes()
    assert b"PAR1" not in sealed.read_bytes()
    assert not parquet.exists()
    assert sealed.stat().st_mode & 0o077 == 0


@pytest.mark.parametrize("size", [0, 1, payloads.CHUNK - 1, payloads.CHUNK, payloads.CHUNK + 1, 3 * payloads.CHUNK])
def test_files_of_every_size_come_back_byte_for_byte(tmp_path, size):
    path, content = tmp_path / "any.parquet", secrets.token_bytes(size)
    path.write_bytes(content)
    assert payloads.source(payloads.seal(path, KEY), KEY) == content


def test_the_same_rows_are_sealed_differently_each_time(tmp_path):
    paths = [tmp_path / "a.parquet", tmp_path / "b.parquet"]
    for path in paths:
        path.write_bytes(b"the same")
    one, other = [payloads.seal(path, KEY).read_bytes() for path in paths]
    assert one[8:16] == other[8:16]
    assert one[16:] != other[16:]


def test_without_the_key_or_with_another_one_error_says_which_variable_to_set(sealed):
    assert reason_of(sealed, None)[0] == "landing_sealed"
    assert "IMPACT_LANDING_KEY" in reason_of(sealed, None)[1]
    assert "another key" in reason_of(sealed, bytes(32))[1]


@pytest.mark.parametrize("place", [8, 20, 40, -1])
def test_a_changed_byte_is_noticed(sealed, place):
    content = bytearray(sealed.read_bytes())
    content[place] ^= 1
    sealed.write_bytes(content)
    assert reason_of(sealed, KEY)[0] == "landing_sealed"


def test_pieces_cut_off_at_a_boundary_or_swapped_are_noticed(tmp_path):
    path = tmp_path / "large.parquet"
    path.write_bytes(secrets.token_bytes(3 * payloads.CHUNK))
    sealed = payloads.seal(path, KEY)
    content, head, piece = sealed.read_bytes(), payloads._HEADER, payloads.CHUNK + 16
    swapped = content[:head] + content[head + piece : head + 2 * piece] + content[head : head + piece]
    for wrong in (content[: head + piece], swapped + content[head + 2 * piece :]):
        sealed.write_bytes(wrong)
        assert reason_of(sealed, KEY)[0] == "landing_sealed"


@pytest.mark.parametrize("write", [bytes.hex, lambda key: base64.b64encode(key).decode()], ids=["hex", "base64"])
def test_a_key_is_given_in_hex_or_base64_itself_or_in_a_file(write, tmp_path):
    file = tmp_path / "key"
    file.write_text(write(KEY) + "\n")
    assert payloads.key_from(write(KEY), None) == payloads.key_from(None, file) == KEY
    file.write_bytes(KEY)
    assert payloads.key_from(None, file) == KEY
    assert payloads.key_from(None, None) is None


@pytest.mark.parametrize("text", ["secret-and-short", "ab" * 31, "กุญแจ"])
def test_what_is_no_key_is_refused_and_not_quoted(text, tmp_path):
    (tmp_path / "key").write_text(text)
    for given in ((text, None), (None, tmp_path / "key")):
        with pytest.raises(UserError, match="openssl rand") as error:
            payloads.key_from(*given)
        assert text not in str(error.value)
    with pytest.raises(UserError, match="no file"):
        payloads.key_from(None, tmp_path / "missing")


HEADING = "รหัส,เลขกิจการ,ชื่อ,วันที่,ยอดขาย\n"


def test_a_landing_holds_plain_files_from_before_the_key_and_sealed_ones_after(tmp_path, form, source):
    inbox = tmp_path / "inbox"
    inbox.mkdir()
    (inbox / "a.csv").write_text(HEADING + f"P1,,{NAME},2567-01-01,1\n", encoding="utf-8")
    file_drop.pull(source, form, tmp_path, Landing(tmp_path, "registrations"))
    (inbox / "b.csv").write_text(HEADING + f"P2,,{NAME},2567-01-01,1\n", encoding="utf-8")
    landing = Landing(tmp_path, "registrations", KEY)

    [manifest] = file_drop.pull(source, form, tmp_path, landing).landed

    assert manifest.parquet.endswith(".parquet.sealed")
    assert landing.submissions()["รหัส"].to_list() == ["P1", "P2"]
    assert NAME.encode() not in (landing.folder / manifest.parquet).read_bytes()
    assert [path for path in landing.folder.rglob("*") if path.is_dir()] == []
    with pytest.raises(SourceError, match="no key"):
        Landing(tmp_path, "registrations").submissions()


def test_records_of_a_server_are_known_again_from_sealed_files(tmp_path):
    from tests.flows.stores.test_revisions import pulled, records

    landing = Landing(tmp_path, "survey", KEY)
    pulled(landing, records(("a", "1", "x"), ("b", "1", "x")))
    assert pulled(landing, records(("a", "1", "x"), ("b", "1", "x"))) == []
    assert dict(latest(landing).iter_rows()) == {"a": "1", "b": "1"}
