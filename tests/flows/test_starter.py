from pathlib import Path

import pytest

from flows.starter import STARTER_ID, write_starter
from transforms.errors import UserError
from transforms.loading import FILES, load_programme

FILES_FOLDER = Path(__file__).parents[2] / "flows" / "starter_files"


def test_the_starter_passes_the_check_as_it_is(tmp_path: Path) -> None:
    write_starter(tmp_path / "weaving", "weaving")

    programme = load_programme(tmp_path / "weaving")

    assert programme.id == "weaving"
    assert (tmp_path / "weaving" / "inbox").is_dir()


def test_only_the_id_differs_from_the_example(tmp_path: Path) -> None:
    write_starter(tmp_path / "weaving", "weaving")

    for name in FILES:
        example = (FILES_FOLDER / name).read_text(encoding="utf-8")
        written = (tmp_path / "weaving" / name).read_text(encoding="utf-8")
        assert written == example.replace(STARTER_ID, 'id = "weaving"')
    assert STARTER_ID in (FILES_FOLDER / "programme.toml").read_text(encoding="utf-8")


def test_every_file_of_the_starter_explains_itself() -> None:
    for name in FILES:
        lines = (FILES_FOLDER / name).read_text(encoding="utf-8").splitlines()
        assert sum("# " in line for line in lines) >= 8


def test_a_folder_that_is_there_stays_as_it_is(tmp_path: Path) -> None:
    folder = tmp_path / "weaving"
    folder.mkdir()
    (folder / "programme.toml").write_text("mine")

    with pytest.raises(UserError, match="Choose another name"):
        write_starter(folder, "weaving")

    assert (folder / "programme.toml").read_text() == "mine"


@pytest.mark.parametrize("name", ["Weaving", "2025", "a-b", "../escape", "", "x" * 61])
def test_a_name_that_is_none_is_refused_before_anything_is_written(tmp_path: Path, name: str) -> None:
    with pytest.raises(UserError, match="no name for a programme"):
        write_starter(tmp_path / "new", name)

    assert not (tmp_path / "new").exists()
