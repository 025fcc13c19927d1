"""`impact freeze` as an analyst meets it: the file it writes, and what it refuses."""

import tomllib

import pytest

from flows.cli import freezing, programmes
from flows.starter import write_starter
from transforms.errors import UserError


@pytest.fixture
def village(tmp_path, monkeypatch):
    """A starter programme, of which sales are primary."""
    monkeypatch.setenv("IMPACT_PROGRAMMES", str(tmp_path / "programmes"))
    monkeypatch.setenv("IMPACT_STATE", str(tmp_path / "state"))
    folder = tmp_path / "programmes" / "village_weaving"
    write_starter(folder, folder.name)
    return folder


@pytest.fixture
def impact(capsys):
    """Runs one command; its exit code and what it said."""

    def run(command, *names, **options):
        try:
            command(*names, **options)
        except UserError as error:
            return 1, str(error)
        return 0, " ".join(capsys.readouterr().out.split())

    return run


def rewrite(folder, old, new):
    path = folder / "indicators.toml"
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new), encoding="utf-8")


def test_a_freeze_is_written_and_said_and_the_programme_stays_sound(impact, village):
    code, said = impact(freezing.freeze, "village_weaving")
    assert (code, "1 primary indicator frozen" in said, "sales: frozen; whether before its first" in said) == (
        0,
        True,
        True,
    )
    written = tomllib.loads((village / "frozen.toml").read_text(encoding="utf-8"))["freezes"]
    assert [list(each["indicators"]) for each in written] == [["sales"]]
    code, said = impact(programmes.check, "village_weaving")
    assert (code, "sound" in said, "warning" in said) == (0, True, False)


def test_a_second_freeze_says_what_changed_and_wants_a_reason_and_keeps_the_first(impact, village):
    impact(freezing.freeze, "village_weaving")
    first = tomllib.loads((village / "frozen.toml").read_text(encoding="utf-8"))["freezes"][0]
    rewrite(village, 'value = "sales"', 'value = "sales * 2"')
    code, said = impact(programmes.check, "village_weaving")
    assert (code, "warning: frozen.toml: the definition of 'sales' has changed" in said) == (0, True)
    for more in ({}, {"again": True}, {"again": True, "reason": " "}):
        code, said = impact(freezing.freeze, "village_weaving", **more)
        assert (code, "the definition of 'sales' has changed" in said, "--again --reason" in said) == (1, True, True)
    code, said = impact(freezing.freeze, "village_weaving", again=True, reason='The unit was "wrong"')
    assert code == 0
    both = tomllib.loads((village / "frozen.toml").read_text(encoding="utf-8"))["freezes"]
    assert (both[0], both[1]["reason"]) == (first, 'The unit was "wrong"')


def test_without_a_primary_indicator_there_is_nothing_to_freeze(impact, village):
    rewrite(village, 'role = "primary"\n', "")
    code, said = impact(freezing.freeze, "village_weaving")
    assert (code, "no indicator is primary" in said, (village / "frozen.toml").exists()) == (1, True, False)


def test_a_role_that_is_none_names_those_that_are(impact, village):
    rewrite(village, 'role = "primary"', 'role = "main"')
    code, said = impact(programmes.check, "village_weaving")
    assert (code, "role" in said, "primary" in said, "exploratory" in said) == (1, True, True, True)


@pytest.mark.parametrize(
    "spoilt",
    ["freezes = 3", "[[freezes]]\nplan = 'x'", "no toml", "", "[[freezes]]\nfrozen_at = 2026-01-01\n"],
)
def test_a_spoilt_file_is_named_with_its_remedy(impact, village, spoilt):
    (village / "frozen.toml").write_text(spoilt, encoding="utf-8")
    code, said = impact(programmes.check, "village_weaving")
    assert (code, "frozen.toml" in said, "version control" in said, "Traceback" in said) == (1, True, True, False)
