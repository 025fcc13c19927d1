import re
from pathlib import Path
from typing import get_args

import polars as pl
import pytest
from pydantic import BaseModel

from flows.sources import file_drop
from flows.starter import STARTER_ID, write_starter
from flows.stores.landing import Landing
from transforms.clean import clean_submissions
from transforms.errors import UserError
from transforms.loading import FILES, load_programme
from transforms.programme import (
    Breakdown,
    Choice,
    Contact,
    Derived,
    Design,
    DesignKind,
    Disclosure,
    FileDrop,
    Form,
    Indicator,
    KoboToolbox,
    Margin,
    Nonresponse,
    OdkCentral,
    Period,
    Postgres,
    Programme,
    Quantity,
    Question,
    QuestionType,
    Retention,
    Round,
    SizeLimit,
    SizeRule,
    Statistic,
    Weights,
)

SOURCES = (FileDrop, Postgres, OdkCentral, KoboToolbox)
HOME: dict[str, tuple[type[BaseModel], ...]] = {
    "programme.toml": (
        *(*SOURCES, Programme, Round, Period, Design, Contact, SizeRule, SizeLimit, Breakdown, Disclosure, Retention),
        *(Weights, Margin),
    ),
    "forms.toml": (Form, Question, Choice, Derived),
    "indicators.toml": (Indicator,),
}
"""What is declared in which file."""
REMARK = re.compile(r"#.*|^\w+(?= =)|^\[.*\]", re.MULTILINE)
"""Remarks, and fields and tables that are set, each on a line that can be read for itself."""
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
    samples = sorted((FILES_FOLDER / "inbox").iterdir())
    assert [path.read_bytes() for path in samples] == [
        (tmp_path / "weaving" / "inbox" / path.name).read_bytes() for path in samples
    ]
    assert STARTER_ID in (FILES_FOLDER / "programme.toml").read_text(encoding="utf-8")


@pytest.mark.parametrize("file", HOME)
def test_every_field_that_may_be_declared_is_explained_in_its_file(file: str) -> None:
    remarks = " ".join(REMARK.findall((FILES_FOLDER / file).read_text(encoding="utf-8")))
    for model in HOME[file]:
        unexplained = [name for name in model.model_fields if not re.search(rf"\b{name}\b", remarks)]
        assert unexplained == [], f"{model.__name__} in {file}"


@pytest.mark.parametrize("allowed", [QuestionType, Statistic, Quantity, DesignKind, Nonresponse])
def test_every_word_that_a_field_allows_stands_in_the_starter(allowed: object) -> None:
    text = " ".join((FILES_FOLDER / name).read_text(encoding="utf-8") for name in FILES)
    assert [word for word in get_args(allowed) if not re.search(rf"\b{word}\b", text)] == []


def test_the_sample_is_read_in_both_calendars_and_one_row_is_set_aside_to_show_how(tmp_path: Path) -> None:
    write_starter(tmp_path / "weaving", "weaving")
    programme = load_programme(tmp_path / "weaving")
    landing = Landing(tmp_path, "registration")
    form = programme.forms["registration"]
    file_drop.pull(programme.sources[0], form, tmp_path / "weaving", landing)

    cleaned = clean_submissions(landing.submissions(), form, programme.sources[0], programme)

    assert cleaned.rejects.select("row", "field", "rule").rows() == [(51, "sales", "not_a_number")]
    assert cleaned.accepted["birth_year"].is_between(1955, 2002).all()
    assert "buddhist_year" in cleaned.warnings.filter(pl.col("field") == "birth_year")["rule"]
    assert cleaned.accepted["participant_id"].str.starts_with("SAMPLE-").all()
    assert programme.synthetic


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
