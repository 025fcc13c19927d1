"""What a person hears when the machine refuses a file: which one, why and what to do, and no traceback."""

import errno

import pytest

from flows.cli import main
from flows.machine import MachineError, refused_by_the_machine
from flows.recording import StageError, step


def refusing(number, filename=None):
    def write():
        raise OSError(number, "No luck", filename)

    return step(write)


def test_a_missing_right_names_the_file_and_the_remedy():
    with pytest.raises(MachineError, match=r"^state/landing: No luck\. Give whoever runs impact the right"):
        refusing(errno.EACCES, "state/landing")()


def test_a_full_disk_says_to_make_room():
    with pytest.raises(MachineError, match=r"^No luck\. Make room"):
        refusing(errno.ENOSPC)()


def test_an_error_without_a_remedy_stays_a_broken_stage():
    with pytest.raises(StageError):
        refusing(errno.ENOENT, "81234")()
    assert refused_by_the_machine(ValueError("x")) is None


def test_a_command_ends_without_a_traceback(monkeypatch, capsys):
    def refuses(folder, name):
        raise PermissionError(errno.EACCES, "Permission denied", "programmes/weaving")

    monkeypatch.setattr("flows.starter.write_starter", refuses)
    with pytest.raises(SystemExit) as end:
        main(["new", "weaving"])
    assert end.value.code == 1
    assert capsys.readouterr().err.startswith("programmes/weaving: Permission denied. Give")
