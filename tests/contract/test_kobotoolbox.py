"""Pulls a real project of a real KoboToolbox server and compares with its own count; docs/sources.md says how."""

import os

import httpx
import pytest

from flows.sources import kobotoolbox
from flows.stores.landing import Landing
from flows.stores.revisions import GONE
from transforms.programme import Form, KoboToolbox

NEEDED = ("IMPACT_CONTRACT_KOBO_URL", "IMPACT_CONTRACT_KOBO_TOKEN", "IMPACT_CONTRACT_KOBO_ASSET")
MISSING = [name for name in NEEDED if not os.environ.get(name)]

pytestmark = pytest.mark.skipif(
    bool(MISSING), reason=f"asks a real KoboToolbox server only when {', '.join(MISSING)} are set"
)


@pytest.fixture
def landing(tmp_path):
    return Landing(tmp_path, "contract")


@pytest.fixture
def pull(landing, tmp_path, monkeypatch):
    url, token, asset = (os.environ[name] for name in NEEDED)
    monkeypatch.setenv("IMPACT_CONNECTION_CONTRACT_URL", url)
    monkeypatch.setenv("IMPACT_CONNECTION_CONTRACT_TOKEN", token)
    words = {"th": "สัญญา", "en": "Contract"}
    question = {"path": "_uuid", "type": "code", "title": words, "identity": True}
    form = Form.model_validate(
        {"kind": "follow_up", "title": words, "key": ["participant_id"], "questions": {"participant_id": question}}
    )
    source = KoboToolbox(id="contract", kind="kobotoolbox", form="form", connection="contract", asset=asset)
    return lambda: kobotoolbox.pull(source, form, tmp_path, landing)


def ids_at_server():
    """The server's count and the _id of every submission, read without any of our code."""
    url, token, asset = (os.environ[name] for name in NEEDED)
    address = f"{url.rstrip('/')}/api/v2/assets/{asset}/data.json"
    ids, count = set(), None
    with httpx.Client(headers={"authorization": f"Token {token}"}, timeout=120) as client:
        while count is None or len(ids) < count:
            params = {"limit": 500, "start": len(ids), "sort": '{"_id":1}', "fields": '["_id"]'}
            page = client.get(address, params=params).raise_for_status().json()
            new = {row["_id"] for row in page["results"]} - ids
            ids, count = ids | new, page["count"]
            if not new:
                break
    return count, ids


def test_what_the_server_counts_is_landed(pull, landing):
    pulled = pull()
    count, ids = ids_at_server()
    rows = landing.submissions()
    landed = set() if rows.is_empty() else {int(_id) for _id in rows.filter(rows["_revision"] != GONE)["_id"]}
    print(f"\nKoboToolbox: the server counts {count}, {pulled.server_rows} came, {len(landed)} are landed.")
    print(f"On the server and not landed: {len(ids - landed)}; landed and not on the server: {len(landed - ids)}.")
    assert landed == ids
    assert len(landed) == count == pulled.server_rows


def test_a_second_pull_lands_nothing_that_did_not_change(pull):
    pull()
    assert sum(manifest.rows for manifest in pull().landed) == 0
