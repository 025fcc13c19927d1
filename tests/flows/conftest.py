import shutil

import pytest

from flows.settings import ROOT
from flows.starter import write_starter
from tests.declaring import form_of, question
from transforms.programme import FileDrop, Form


@pytest.fixture(scope="session")
def installation_with_warehouse(tmp_path_factory):
    """The environment of an installation whose Michigan warehouse is built."""
    from flows import examples
    from flows.pull import pull
    from flows.refresh import refresh

    folder = tmp_path_factory.mktemp("installation")
    without_inbox = shutil.ignore_patterns("inbox")
    for name in ("michigan_training", "community_economy"):
        shutil.copytree(ROOT / "programmes" / name, folder / "programmes" / name, ignore=without_inbox)
    environment = {"IMPACT_PROGRAMMES": str(folder / "programmes"), "IMPACT_STATE": str(folder / "state")}
    with pytest.MonkeyPatch.context() as patched:
        for name, value in environment.items():
            patched.setenv(name, value)
        patched.delenv("PREFECT_API_URL", raising=False)
        examples.prepare_michigan_training(folder / "programmes" / "michigan_training" / "inbox")
        pull("michigan_training")
        refresh("michigan_training")
    return environment


@pytest.fixture
def village(tmp_path, monkeypatch):
    """The folder of a programme with the starter's sample, in an installation of its own where nothing ran yet."""
    monkeypatch.setenv("IMPACT_PROGRAMMES", str(tmp_path / "programmes"))
    monkeypatch.setenv("IMPACT_STATE", str(tmp_path / "state"))
    monkeypatch.delenv("PREFECT_API_URL", raising=False)
    folder = tmp_path / "programmes" / "village"
    write_starter(folder, "village")
    return folder


@pytest.fixture
def form() -> Form:
    questions = {
        "participant_id": question("รหัส", "code", identity=True, required=True),
        "enterprise_id": question("เลขกิจการ", "code", identity=True),
        "name": question("ชื่อ", identity=True),
        "registered_on": question("วันที่", "date"),
        "sales": question(("ยอดขาย", "รายได้"), "money"),
    }
    return form_of(questions)


@pytest.fixture
def source() -> FileDrop:
    return FileDrop(id="registrations", kind="file_drop", form="registration", files="**/*")
