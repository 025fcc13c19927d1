"""What the landing holds, beside what the server has."""

import json

import polars as pl

from flows.stores.revisions import GONE
from tests.fakes.odk_central import Request


def latest(landing):
    """The newest revision of every submission, tombstones and all."""
    return landing.submissions().unique("_key", keep="last", maintain_order=True)


def keys(landing):
    return set(latest(landing).filter(pl.col("_revision") != GONE)["_key"])


def rows_of(pulled):
    return sum(each.rows for each in pulled.landed)


def row(landing, key):
    return latest(landing).row(by_predicate=pl.col("_key") == key, named=True)


def told(central, landing):
    """What the server has and what the landing has, submission by submission, in the same words."""
    there = {
        key: {
            "_deleted": each.review == "rejected",
            "_review": each.review,
            "_submitted_at": each.created,
            "_updated_at": each.updated,
            "_form_version": each.version,
            "person/study_id": each.answers["person"]["study_id"],
            "person/age": str(each.answers["person"]["age"]),
            "notes": each.answers["notes"],
            "meta/instanceID": each.instance,
            "__system/attachmentsPresent": str(each.present),
            "__system/edits": str(each.edits),
            "members": [member["name"] for member in each.answers["household"]["member"]],
        }
        for key, each in central.live.items()
    }
    wanted = [name for name in next(iter(there.values()), {}) if name != "members"]
    here = {
        each["_key"]: {
            **{name: each[name] for name in wanted},
            "members": [member["name"] for member in json.loads(each["household/member"] or "[]")],
        }
        for each in latest(landing).filter(pl.col("_revision") != GONE).iter_rows(named=True)
    }
    return there, here


def assert_the_same(central, landing):
    there, here = told(central, landing)
    assert here == there


def on_page(central, number, act):
    """Does something just before the server answers its nth page of a listing."""
    pages = []

    def before(request: Request):
        if request.query.get("$top") != "1" and "$filter" not in request.query:
            pages.append(request)
            if len(pages) == number:
                act()

    central.before_answer = before
