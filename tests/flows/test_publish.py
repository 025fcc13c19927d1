"""What a person hears of a report that cannot be typeset."""

import pytest

from flows import publish
from flows.declared import programme_named
from flows.stores.archive import Archive
from reports.typesetting.errors import RenderError
from transforms.errors import UserError

NAME = "michigan_training"


@pytest.fixture(autouse=True)
def archive(installation_with_warehouse, monkeypatch, tmp_path):
    """An archive of the test's own: its PDFs are none."""
    for name, value in installation_with_warehouse.items():
        monkeypatch.setenv(name, value)
    monkeypatch.delenv("PREFECT_API_URL", raising=False)
    own = Archive(tmp_path)
    monkeypatch.setattr(publish, "archive_of", lambda programme: own)
    return own


def test_one_that_cannot_be_set_says_why_and_what_to_do_and_the_others_are_shown(archive, monkeypatch):
    def sets_the_first_only(reports, on_done):
        on_done(0, b"%PDF the first")
        raise RenderError("'Michigan': It took longer than 120 seconds.")

    monkeypatch.setattr(publish, "render_all", sets_the_first_only)
    with pytest.raises(UserError) as raised:
        publish.publish(NAME)
    said = str(raised.value)
    assert said.startswith(f"{NAME}: a report could not be typeset. 'Michigan': It took longer than 120 seconds.")
    assert said.endswith(f"then run: impact publish {NAME}")
    shown = archive.current / f"{NAME}-y1987_1989-latest-th.pdf"
    assert shown.read_bytes() == b"%PDF the first"


def test_reports_of_a_warehouse_that_is_no_longer_current_are_not_shown_as_the_newest(archive, monkeypatch):
    class Overtaken:
        def current(self):
            return None

    open_warehouse = publish.warehouse_of(programme_named(NAME)).open
    overtaken = Overtaken()
    overtaken.open = open_warehouse
    monkeypatch.setattr(publish, "warehouse_of", lambda programme: overtaken)
    monkeypatch.setattr(publish, "render_all", lambda reports, on_done: on_done(0, b"%PDF overtaken"))
    [made] = publish.publish(NAME, ["en"])
    assert made.read_bytes() == b"%PDF overtaken"
    assert not (archive.current / f"{NAME}-y1987_1989-latest-en.pdf").exists()
