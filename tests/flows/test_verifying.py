import pytest

from flows.starter import write_starter
from flows.verifying import verify


@pytest.fixture
def landed(tmp_path, monkeypatch):
    """The landing of the starter's sample: two sources, a file each."""
    from flows.pull import pull

    monkeypatch.setenv("IMPACT_PROGRAMMES", str(tmp_path / "programmes"))
    monkeypatch.setenv("IMPACT_STATE", str(tmp_path / "state"))
    write_starter(tmp_path / "programmes" / "village", "village")
    assert set(pull("village").values()) == {"pulled"}
    return tmp_path / "state" / "landing" / "village"


def wrong():
    """What is wrong, by source."""
    return {each.source: list(each.wrong) for each in verify("village")}


def the(landed, source, suffix):
    [path] = [each for each in (landed / source).glob(f"*{suffix}") if each.name != "attempt.json"]
    return path


def test_a_whole_landing_is_one_line_a_source(landed):
    said = [str(each) for each in verify("village")]
    assert len(said) == 2
    assert all("1 file" in line and "as they were written" in line for line in said)
    assert wrong() == {"registration": [], "follow_up_m6": []}


def test_a_flipped_bit_is_named_with_its_file_and_remedy(landed):
    path = the(landed, "registration", ".parquet")
    content = bytearray(path.read_bytes())
    content[len(content) // 2] ^= 1
    path.write_bytes(content)
    found = wrong()
    [line] = found.pop("registration")
    assert str(path) in line
    assert "backup" in line
    assert found == {"follow_up_m6": []}


def test_rows_without_their_manifest_and_a_manifest_without_its_rows(landed):
    path = the(landed, "registration", ".parquet")
    the(landed, "registration", ".json").unlink()
    the(landed, "follow_up_m6", ".parquet").unlink()
    found = wrong()
    assert str(path) in found["registration"][0]
    assert "impact pull village" in found["registration"][0]
    assert "missing" in found["follow_up_m6"][0]


@pytest.mark.parametrize("content", ["{", "{}", "[]", '{"doubts": [], "unknown": 1}'])
def test_a_manifest_that_cannot_be_read_is_named_and_its_rows_are_not_given_up(landed, content):
    path = the(landed, "registration", ".json")
    path.write_text(content)
    lines = wrong()["registration"]
    assert any(str(path) in line and "backup" in line for line in lines)
    assert not any("deletes" in line for line in lines)
    assert the(landed, "registration", ".parquet").exists()
