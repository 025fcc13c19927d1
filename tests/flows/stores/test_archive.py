import json

import pytest

from flows.stores.archive import Archive, Request
from reports.scope import Scope


@pytest.fixture
def archive(tmp_path):
    return Archive(tmp_path)


def request(warehouse="wh-1", **scope):
    return Request("weaving", Scope(period="fy2568", **scope), "th", warehouse)


def test_a_report_is_found_by_what_it_was_made_from(archive):
    path = archive.keep(request(), b"%PDF one")
    assert archive.find(request()) == path
    assert archive.find(request(warehouse="wh-2")) is None
    assert archive.find(request(by="province", group="85")) is None


def test_another_content_never_replaces_what_was_published(archive):
    first = archive.keep(request("wh-1"), b"%PDF one")
    second = archive.keep(request("wh-2"), b"%PDF two")
    assert first.read_bytes() == b"%PDF one"
    assert second.read_bytes() == b"%PDF two"


def test_the_same_content_from_another_warehouse_is_the_same_file(archive):
    assert archive.keep(request("wh-1"), b"%PDF one") == archive.keep(request("wh-2"), b"%PDF one")


def test_current_points_to_the_newest_report_of_each_scope_and_nothing_is_overwritten(archive, tmp_path):
    one = archive.keep(request("wh-1"), b"%PDF one")
    archive.show_as_newest(request("wh-1"), one)
    two = archive.keep(request("wh-2"), b"%PDF two")
    archive.show_as_newest(request("wh-2"), two)
    area = archive.keep(request("wh-2", by="province", group="85"), b"%PDF area")
    archive.show_as_newest(request("wh-2", by="province", group="85"), area)
    current = tmp_path / "current"
    assert {path.name: path.read_bytes() for path in current.iterdir()} == {
        "weaving-fy2568-latest-th.pdf": b"%PDF two",
        "weaving-fy2568-province-85-latest-th.pdf": b"%PDF area",
    }
    assert one.read_bytes() == b"%PDF one"


def test_the_archive_can_be_moved_with_its_links(archive, tmp_path):
    archive.show_as_newest(request(), archive.keep(request(), b"%PDF one"))
    moved = tmp_path.rename(tmp_path.with_name("moved"))
    assert (moved / "current" / "weaving-fy2568-latest-th.pdf").read_bytes() == b"%PDF one"


def test_a_damaged_report_counts_as_not_there(archive):
    path = archive.keep(request(), b"%PDF one")
    path.write_bytes(b"%PDF cut")
    assert archive.find(request()) is None
    assert archive.keep(request(), b"%PDF one") == path
    assert archive.find(request()) == path


def test_the_manifest_says_what_it_was_made_from(archive, tmp_path):
    path = archive.keep(request(by="province", group="85"), b"%PDF one")
    [manifest] = tmp_path.glob("*.json")
    kept = json.loads(manifest.read_text())
    assert (kept["warehouse"], kept["file"], kept["scope"]["group"]) == ("wh-1", path.name, "85")
    assert path.name.startswith("weaving-fy2568-province-85-latest-th-")
