"""Pulls a form from a real ODK Central, when the environment names one, and compares with the server's own count."""

import os
from base64 import b64encode
from urllib.parse import quote

import httpx
import polars as pl
import pytest

from flows.sources import odk_central
from flows.sources.odk_central import feed
from flows.stores.landing import Landing
from flows.stores.revisions import GONE
from transforms.programme import Form, OdkCentral

NEEDED = [f"IMPACT_CONTRACT_ODK_{name}" for name in ("URL", "USER", "PASSWORD", "PROJECT", "FORM")]
MISSING = [name for name in NEEDED if not os.environ.get(name)]

pytestmark = pytest.mark.skipif(
    bool(MISSING), reason=f"no ODK Central to ask: {', '.join(MISSING)} not set (docs/sources.md, ODK Central)"
)


@pytest.fixture
def said():
    """What the environment says of the server."""
    return {name.rpartition("_")[2].lower(): os.environ[name] for name in NEEDED}


@pytest.fixture
def source(said, monkeypatch):
    for field in ("url", "user", "password"):
        monkeypatch.setenv(f"IMPACT_CONNECTION_CONTRACT_{field.upper()}", said[field])
    return OdkCentral(
        id="contract",
        kind="odk_central",
        form="registration",
        connection="contract",
        project=int(said["project"]),
        form_id=said["form"],
    )


@pytest.fixture
def form():
    """Asks only for what every form has, whatever the form is."""
    question = {"path": "meta/instanceID", "type": "code", "title": {"th": "ก", "en": "a"}}
    title = {"th": "ก", "en": "Any form"}
    return Form.model_validate(
        {"kind": "registration", "title": title, "key": ["participant_id"], "questions": {"participant_id": question}}
    )


def asked_otherwise(said):
    """Ids and count from the server's list of submissions, another way than the feed, with another way of login."""
    address = f"{said['url'].rstrip('/')}/v1/projects/{said['project']}/forms/{quote(said['form'], safe='')}"
    login = b64encode(f"{said['user']}:{said['password']}".encode()).decode()
    headers = {"authorization": f"Basic {login}"}
    listed = httpx.get(f"{address}/submissions", headers=headers, timeout=120).raise_for_status().json()
    return {each["instanceId"]: each["reviewState"] for each in listed}


def test_what_is_pulled_is_what_the_server_lists(said, source, form, tmp_path):
    landing = Landing(tmp_path, "contract")
    pulled = odk_central.pull(source, form, tmp_path, landing)
    landing.succeeded(pulled)
    newest = landing.submissions().unique("_key", keep="last") if pulled.landed else pl.DataFrame()
    here = set(newest.filter(pl.col("_revision") != GONE)["_key"]) if pulled.landed else set()
    there = asked_otherwise(said)
    print(f"\nserver: {len(there)} submissions, counted in the feed: {pulled.server_rows}, landed: {len(here)}")
    print(f"on the server only: {len(there.keys() - here)}, in the landing only: {len(here - there.keys())}")
    assert here == there.keys()
    assert pulled.server_rows == len(here)
    if pulled.landed:
        rejected = {key for key, review in there.items() if review == "rejected"}
        assert set(newest.filter("_deleted", pl.col("_revision") != GONE)["_key"]) == rejected


def test_pulled_again_nothing_is_landed_twice(source, form, tmp_path):
    landing = Landing(tmp_path, "contract")
    landing.succeeded(odk_central.pull(source, form, tmp_path, landing))
    before = landing.submissions().height
    again = odk_central.pull(source, form, tmp_path, landing)
    print(f"\nfirst: {before} rows, second: {sum(each.rows for each in again.landed)} new or changed since")
    after = landing.submissions()
    assert after.height == after.unique(["_key", "_revision", "_deleted"]).height


def test_every_page_is_followed_however_small(source, form, tmp_path, monkeypatch):
    monkeypatch.setattr(feed, "PAGE_ROWS", 7)
    pulled = odk_central.pull(source, form, tmp_path, Landing(tmp_path, "contract"))
    print(f"\nin pages of 7: {pulled.server_rows} submissions, {sum(each.rows for each in pulled.landed)} landed")
    assert sum(each.rows for each in pulled.landed) == pulled.server_rows
