"""Pulls from a fake KoboToolbox that behaves as the real one: each of its traps, and people at work meanwhile."""

import json
import os
import random
import signal
import subprocess
import sys
from datetime import UTC, datetime

import pytest
from pytest_httpserver import HTTPServer

from flows.settings import ROOT
from flows.sources import kobotoolbox
from flows.sources.kobotoolbox import project, pulling
from flows.sources.stamp import OURS
from flows.sources.web import Limits
from flows.stores.revisions import GONE
from tests.declaring import form_of, question
from tests.fakes.kobotoolbox import RECORDED, TOKEN, Kobo
from transforms.errors import SourceError
from transforms.programme import Form, KoboToolbox

ANSWERS = {
    "person/study_id": "P00001",
    "person/given_name": "กัญญา",
    "person/age": "72",
    "person/languages": "th en",
    "site": "cnx",
}
UNASKED = [
    "start",
    "end",
    "person/birth_date",
    "person/languages",
    "site",
    "home",
    "household/member",
    "photo",
    "notes",
]
MEMBERS = [{"household/member/name": "สมาชิก", "household/member/age": "39"}]


@pytest.fixture(scope="module")
def http():
    with HTTPServer(threaded=True) as server:
        yield server


@pytest.fixture
def kobo(http, monkeypatch):
    http.clear()
    server = Kobo(http)
    monkeypatch.setenv("IMPACT_CONNECTION_KOBO_URL", server.url)
    monkeypatch.setenv("IMPACT_CONNECTION_KOBO_TOKEN", TOKEN)
    monkeypatch.setattr(project, "LIMITS", Limits(connect=5, read=5, whole=20, wait=0.01))
    monkeypatch.setattr(pulling, "PAUSE_SECONDS", 0)
    yield server
    http.check_handler_errors()


@pytest.fixture
def form():
    questions = {
        "participant_id": question("person/study_id", "code", identity=True),
        "name": question("person/given_name", identity=True),
        "age": question("person/age", "integer"),
        "weight": question("person/weight_kg", "number"),
        "answered_on": question("_submission_time", "date"),
    }
    return form_of(questions, "follow_up")


@pytest.fixture
def source():
    return KoboToolbox(id="calls", kind="kobotoolbox", form="follow_up", connection="kobo", asset=Kobo.asset)


@pytest.fixture
def refused(refused):
    """The same as for every source; and no message gives the token away."""

    def run(**changes):
        code, message = refused(**changes)
        assert TOKEN not in message
        return code, message

    return run


def latest(landing):
    """What the landing says now of each record that is still there: its text columns by name, and its review."""
    rows = {row["_key"]: row for row in landing.submissions().to_dicts()}
    kept = ("_deleted", "_review", "_form_version", "_submitted_at")
    ours = {*OURS, "_key"} - {*kept}
    return {
        key: {name: value for name, value in row.items() if name not in ours and value is not None}
        for key, row in rows.items()
        if row["_revision"] != GONE
    }


def at_server(kobo):
    """The same, made from the server's own rows."""
    return {row["meta/rootUuid"].removeprefix("uuid:"): expected(row) for row in kobo.rows}


def expected(row):
    review = row["_validation_status"].get("uid")
    return {
        **{name: value if isinstance(value, str) else compact(value) for name, value in row.items()},
        "_deleted": review == "validation_status_not_approved",
        **({"_review": review} if review else {}),
        "_form_version": row["__version__"],
        "_submitted_at": datetime.fromisoformat(row["_submission_time"]).replace(tzinfo=UTC),
    }


def compact(value):
    if isinstance(value, list):
        value = [
            {name: each[name] for name in each if "url" not in name} if isinstance(each, dict) else each
            for each in value
        ]
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))


def fill(kobo, count):
    for number in range(count):
        kobo.insert({**ANSWERS, "person/study_id": f"P{number:05}"})


# Trap 1: pages


def test_trap_1_every_row_comes_though_the_server_serves_fewer_than_asked(kobo, pull, landing):
    kobo.most = 7
    fill(kobo, 50)
    pulled = pull()
    assert latest(landing) == at_server(kobo)
    assert (pulled.server_rows, pulled.landed[0].server_rows, pulled.landed[0].fetched) == (50, 50, 50)


@pytest.mark.parametrize("most", [1, 2, 3])
def test_trap_1_pages_of_very_few_rows_are_read_to_the_end(most, kobo, pull, landing):
    kobo.most = most
    fill(kobo, 6)
    pull()
    assert latest(landing) == at_server(kobo)


def test_trap_1_pages_are_asked_for_by_start_and_limit_sorted_by_id(kobo, pull):
    fill(kobo, 1149)
    pull()
    assert kobo.pages == [
        {"limit": "1000", "start": "0", "sort": '{"_id":1}'},
        {"limit": "1000", "start": "999", "sort": '{"_id":1}'},
    ]


def test_trap_1_a_count_that_differs_for_a_while_is_read_again(kobo, pull, landing):
    fill(kobo, 5)
    kobo.miscount(by=1, times=2)
    pull()
    assert latest(landing) == at_server(kobo)
    assert len(kobo.pages) == 3


@pytest.mark.parametrize("by", [-1, 1])
def test_trap_1_a_count_that_always_differs_lands_nothing(by, kobo, refused):
    fill(kobo, 5)
    kobo.miscount(by, times=1000)
    code, message = refused()
    assert code == "incomplete"
    assert f"the server counts {5 + by} submissions, but 5 came" in message
    assert len(kobo.pages) == pulling.READS


def test_trap_1_a_row_deleted_and_one_inserted_between_pages_hide_no_other(kobo, pull, landing):
    """The count is right then, and yet one row would have been on no page."""
    kobo.most = 10
    fill(kobo, 30)

    def meanwhile(start):
        if start and kobo.rows[0]["_id"] == 1:
            kobo.delete(1)
            kobo.insert(ANSWERS)

    kobo.before_page = meanwhile
    pull()
    assert latest(landing) == at_server(kobo)


def test_trap_1_rows_that_vanish_all_the_time_are_taken_for_no_whole(kobo, refused):
    kobo.most = 10
    fill(kobo, 40)
    kobo.before_page = lambda start: kobo.delete(kobo.rows[0]["_id"]) if start else None
    code, message = refused()
    assert code == "incomplete"
    assert "deleted meanwhile" in message


def test_trap_1_an_empty_project_lands_nothing(kobo, pull):
    pulled = pull()
    assert (pulled.landed, pulled.server_rows) == ([], 0)


# Trap 2: no dates of change, no trace of a deletion


def test_trap_2_an_edit_is_a_new_revision_of_the_same_record(kobo, pull, landing):
    fill(kobo, 3)
    pull()
    kobo.version = "vSecond"
    kobo.edit(2, {"person/age": "73"})
    pulled = pull()
    assert (pulled.landed[0].rows, pulled.landed[0].fetched, pulled.landed[0].server_rows) == (1, 3, 3)
    assert latest(landing) == at_server(kobo)
    assert landing.submissions()["_key"].n_unique() == 3


def test_trap_2_a_deleted_row_is_a_tombstone(kobo, pull, landing):
    fill(kobo, 3)
    pull()
    kobo.delete(2)
    [manifest] = pull().landed
    assert (manifest.rows, manifest.tombstones) == (1, 1)
    assert latest(landing) == at_server(kobo)
    assert landing.submissions()["_deleted"].to_list() == [False, False, False, True]


def test_trap_2_nothing_is_a_tombstone_after_a_reading_that_was_not_whole(kobo, pull, refused, landing):
    fill(kobo, 3)
    pull()
    before = latest(landing)
    kobo.delete(2)
    kobo.miscount(by=1, times=1000)
    assert refused()[0] == "incomplete"
    assert latest(landing) == before


def test_trap_2_nothing_new_lands_nothing(kobo, pull):
    fill(kobo, 3)
    pull()
    assert pull().landed == []


def test_trap_2_a_server_that_moves_changes_no_attachment(kobo, pull, landing):
    kobo.insert(ANSWERS, photo="p0.png")
    pull()
    assert kobo.url not in landing.submissions()["_attachments"].item()
    for name, value in kobo.rows[0]["_attachments"][0].items():
        if name.endswith("url"):
            kobo.rows[0]["_attachments"][0][name] = value.replace("127.0.0.1", "elsewhere")
    assert pull().landed == []
    kobo.rows[0]["_attachments"][0]["is_deleted"] = True
    assert len(pull().landed) == 1


def test_trap_2_a_server_from_before_root_ids_keeps_its_records_when_it_learns_them(kobo, pull, landing):
    _id = kobo.insert(ANSWERS)
    root = kobo.rows[0].pop("meta/rootUuid")
    pull()
    kobo.row(_id)["meta/rootUuid"] = root
    kobo.edit(_id, {"person/age": "8"})
    pull()
    assert landing.submissions()["_key"].unique().to_list() == [root.removeprefix("uuid:")]
    assert latest(landing) == at_server(kobo)


def test_trap_2_two_submissions_with_one_id_are_both_landed(kobo, pull, landing):
    kobo.insert(ANSWERS, uuid="the-same")
    kobo.insert({**ANSWERS, "person/age": "1"}, uuid="the-same")
    pull()
    assert sorted(latest(landing)) == ["the-same", "the-same _id 2"]
    kobo.delete(1)
    pull()
    assert [row["person/age"] for row in latest(landing).values()] == ["1"]


# Trap 3: what rows look like


def test_trap_3_answers_land_as_text_under_their_group_path(kobo, pull, landing):
    kobo.insert({**ANSWERS, "household/member": MEMBERS})
    kobo.insert({"person/study_id": "P00002"})
    pull()
    assert landing.submissions().select("person/age", "person/languages", "household/member").rows() == [
        ("72", "th en", '[{"household/member/name":"สมาชิก","household/member/age":"39"}]'),
        (None, None, None),
    ]


def test_trap_3_the_time_of_a_submission_is_utc(kobo, pull, landing):
    kobo.insert(ANSWERS)
    kobo.rows[0]["_submission_time"] = "2026-11-22T20:01:38"
    pull()
    assert landing.submissions()["_submitted_at"].to_list() == [datetime(2026, 11, 22, 20, 1, 38, tzinfo=UTC)]


def test_trap_3_a_rejected_row_counts_as_deleted_until_it_is_approved(kobo, pull, landing):
    fill(kobo, 2)
    kobo.reject(1)
    pull()
    assert landing.submissions().select("_deleted", "_review").rows() == [
        (True, "validation_status_not_approved"),
        (False, None),
    ]
    kobo.review(1, "approved")
    pull()
    assert latest(landing) == at_server(kobo)


def test_trap_3_a_question_nobody_answered_is_still_asked(kobo, pull):
    kobo.insert({"person/study_id": "P00001"})
    assert len(pull().landed) == 1


def test_trap_3_a_question_that_the_project_does_not_ask_is_an_error(kobo, form, refused):
    kobo.insert(ANSWERS)
    kobo.survey = [row for row in kobo.survey if row.get("$xpath") != "person/weight_kg"]
    code, message = refused()
    assert code == "missing_column"
    assert "'person/weight_kg' (question 'weight'" in message


@pytest.mark.parametrize("each", ["agee", "household/member/age"])
def test_trap_3_a_repeat_that_lacks_the_question_is_an_error(each, kobo, form, source, landing, tmp_path):
    words = {"th": "ก", "en": "a"}
    ages = {"path": "household/member", "each": each, "combine": "mean", "type": "number", "title": words}
    asking = form.model_dump() | {"questions": {**form.model_dump()["questions"], "mean_age": ages}}
    with pytest.raises(SourceError) as error:
        kobotoolbox.pull(source, Form.model_validate(asking), tmp_path, landing)
    assert error.value.code == "missing_column"
    assert " age, name. " in str(error.value)


def test_trap_3_questions_that_no_question_of_ours_takes_are_noted(kobo, pull):
    kobo.insert(ANSWERS)
    [manifest] = pull().landed
    assert {(doubt.rule, doubt.field) for doubt in manifest.doubts} == {("new_column", name) for name in UNASKED}


def test_trap_3_the_manifest_names_every_version_of_the_form(kobo, pull):
    fill(kobo, 2)
    kobo.version = "vSecond"
    kobo.insert(ANSWERS)
    [manifest] = pull().landed
    assert manifest.form_versions == ("vSecond", "vTKwP3jQos4PpECTd2r3Ji")


def test_an_answer_that_would_overwrite_a_column_of_ours_is_an_error(kobo, refused):
    kobo.insert({**ANSWERS, "_row": "1"})
    assert refused()[0] == "reserved_column"


# Trap 4: who may ask


def test_trap_4_without_a_token_nothing_is_asked(kobo, refused, monkeypatch):
    monkeypatch.delenv("IMPACT_CONNECTION_KOBO_TOKEN")
    code, message = refused()
    assert code == "connection_not_set"
    assert "IMPACT_CONNECTION_KOBO_TOKEN" in message
    assert kobo.asked == []


def test_trap_4_a_bad_token_is_401_and_asked_once(kobo, refused, monkeypatch):
    monkeypatch.setenv("IMPACT_CONNECTION_KOBO_TOKEN", "wrong")
    code, message = refused()
    assert (code, len(kobo.asked)) == ("not_logged_in", 1)
    assert "IMPACT_CONNECTION_KOBO_TOKEN" in message
    assert "wrong" not in message


def test_trap_4_an_unknown_project_is_404_in_html_and_asked_once(kobo, refused):
    code, message = refused(asset="aUnknown")
    assert (code, len(kobo.asked)) == ("not_found", 1)
    assert "aUnknown" in message
    assert "doctype" not in message


def test_trap_4_the_address_of_api_version_1_is_refused(kobo, refused, monkeypatch):
    monkeypatch.setenv("IMPACT_CONNECTION_KOBO_URL", f"{kobo.url}/api/v1/")
    code, message = refused()
    assert (code, kobo.asked) == ("wrong_address", [])
    assert "IMPACT_CONNECTION_KOBO_URL" in message


def test_trap_4_a_server_on_which_the_api_is_gone_is_410_and_asked_once(kobo, refused):
    kobo.gone = True
    code, message = refused()
    assert (code, len(kobo.asked)) == ("gone", 1)
    assert "IMPACT_CONNECTION_KOBO_URL" in message


@pytest.mark.parametrize(("state", "code"), [("deployed", "not_deployed"), ("encrypted", "submissions_encrypted")])
def test_a_project_whose_answers_cannot_be_read_is_an_error(state, code, kobo, refused):
    setattr(kobo, state, not getattr(kobo, state))
    assert refused()[0] == code


# Every source


def test_links_to_another_host_are_never_followed(kobo, pull, landing):
    with HTTPServer() as elsewhere:
        kobo.links = elsewhere.url_for("").rstrip("/")
        kobo.most = 4
        fill(kobo, 10)
        pull()
        assert elsewhere.log == []
    assert latest(landing) == at_server(kobo)


@pytest.mark.parametrize(
    "trouble",
    [
        pytest.param(lambda kobo: kobo.cut(2), id="cut bodies with 200"),
        pytest.param(lambda kobo: kobo.cut(1, share=0), id="an empty body with 200"),
        pytest.param(lambda kobo: kobo.trouble(lambda body: "{}"), id="JSON that is no page"),
        pytest.param(lambda kobo: kobo.busy(3), id="429 with Retry-After"),
        pytest.param(lambda kobo: kobo.broken(4), id="502 from a proxy"),
        pytest.param(lambda kobo: kobo.slow(1, seconds=1.3), id="no answer in time"),
    ],
)
def test_what_passes_is_tried_again(trouble, kobo, pull, landing):
    fill(kobo, 10)
    trouble(kobo)
    pull()
    assert latest(landing) == at_server(kobo)


def test_a_server_that_stays_broken_is_unavailable(kobo, refused):
    fill(kobo, 10)
    kobo.broken(1000)
    code, message = refused()
    assert code == "server_unavailable"
    assert "Bad Gateway" not in message


# The fake behaves as what was recorded


def recorded(name):
    return json.loads((RECORDED / name).read_text(encoding="utf-8"))


def ask(kobo, query="", token=TOKEN, asset=Kobo.asset):
    import httpx

    headers = {} if token is None else {"authorization": f"Token {token}"}
    return httpx.get(f"{kobo.url}/api/v2/assets/{asset}/data.json{query}", headers=headers, trust_env=False)


def test_the_fake_s_submissions_have_the_recorded_shape(kobo):
    kobo.insert({**ANSWERS, "household/member": MEMBERS}, photo="p1.png")
    kobo.insert(ANSWERS)
    kobo.edit(2, {"site": "bkk"})
    kobo.insert(ANSWERS)
    kobo.reject(3)
    page = ask(kobo).json()
    assert page.keys() == recorded("data-page-3.json").keys()
    answers = {"person/birth_date", "person/weight_kg", "home", "household/member"}
    for row, name in zip(page["results"], ("row-photo.json", "row-edited.json", "row-rejected.json"), strict=True):
        assert row.keys() - answers == recorded(name).keys() - answers
    assert page["results"][0]["_attachments"][0].keys() == recorded("row-photo.json")["_attachments"][0].keys()
    assert page["results"][2]["_validation_status"].keys() == recorded("row-rejected.json")["_validation_status"].keys()


PARAMETERS = {
    "no limit": "",
    "limit=5000": "?limit=5000",
    "limit=0": "?limit=0",
    "limit=-1": "?limit=-1",
    "limit=abc": "?limit=abc",
    "start=45": "?start=45",
    "offset=45 (not honoured?)": "?offset=45",
    "start past the end": "?start=60",
    "page=2&page_size=20": "?page=2&page_size=20",
    "query bad json": "?query=%7Bx",
    "sort": '?limit=2&sort={"_id":1}',
}


@pytest.mark.parametrize("case", PARAMETERS)
def test_the_fake_answers_parameters_as_recorded(case, kobo):
    fill(kobo, 49)
    answer = ask(kobo, PARAMETERS[case])
    body = answer.json()
    if answer.status_code == 200:
        body = {"count": body["count"], "rows": len(body["results"]), "next": body["next"] is not None}
    assert [answer.status_code, body] == recorded("params.json")[case]


@pytest.mark.parametrize(
    ("case", "changes"), [("no auth", {"token": None}), ("bad token", {"token": "x"}), ("bad uid", {"asset": "aX"})]
)
def test_the_fake_refuses_as_recorded(case, changes, kobo):
    answer = ask(kobo, **changes)
    status, body = recorded("params.json")[case]
    assert answer.status_code == status
    assert answer.json() == body if isinstance(body, dict) else answer.text.startswith(body[:20])


def test_the_fake_pages_1149_rows_as_recorded(kobo):
    fill(kobo, 1149)
    for line in (RECORDED / "limits-1149-rows.txt").read_text().splitlines():
        query, status, _, count, rows, _, _, *links = line.split(" -> ")[0:1] + line.split(" -> ")[1].split()
        answer = ask(kobo, "" if query == "(none)" else f"?{query}")
        page = answer.json()
        assert (answer.status_code, page["count"], len(page["results"])) == (int(status), int(count), int(rows))
        for name, link in (("next", links[1]), ("previous", links[3])):
            assert (page[name] or "None").partition("?")[2] == link.partition("?")[2]


# People at work meanwhile


class Killed(BaseException):
    """The end of a process, as the code under it sees it: not at all."""


FOREVER = 1_000_000
"""Lines that no pull lives to see."""


class Mortal:
    """Kills what runs in it at the Nth line of our own code; from then on no line of it runs, not even a finally.

    Only the lock opens, as the kernel would open it.
    """

    def __init__(self, lines):
        self.lines, self.dead = lines, False

    def __enter__(self):
        sys.settrace(self._entered)
        return self

    def __exit__(self, kind, error, trace):
        sys.settrace(None)
        return kind is Killed

    def _entered(self, frame, event, argument):
        path, name = frame.f_code.co_filename, frame.f_code.co_name
        return self._line if f"{ROOT}/flows/" in path and name != "locked" else None

    def _line(self, frame, event, argument):
        if event == "line":
            self.lines -= 1
        if self.lines <= 0:
            self.dead = True
            sys.settrace(self._entered)  # an error takes it away
            raise Killed
        return self._line


def work_a_little(kobo, chance):
    """What people do between or during two requests."""
    there = [row["_id"] for row in kobo.rows]
    deed = chance.choice(["insert", "insert", "edit", "delete", "reject", "approve", "photo"])
    if deed == "insert" or not there:
        repeat = {"household/member": MEMBERS * chance.randint(1, 3)} if chance.random() < 0.5 else {}
        kobo.insert({**ANSWERS, "person/age": str(chance.randint(1, 99)), **repeat})
    elif deed == "photo":
        kobo.insert(ANSWERS, photo=f"p{len(there)}.png")
    elif deed == "edit":
        kobo.edit(chance.choice(there), {"person/age": str(chance.randint(1, 99))})
    elif deed == "delete":
        kobo.delete(chance.choice(there))
    else:
        kobo.review(chance.choice(there), "not_approved" if deed == "reject" else "approved")


def test_pulling_while_people_work_over_30_rounds_with_kills_ends_as_the_server_is(kobo, pull, landing, monkeypatch):
    chance = random.Random(20261122)
    kobo.most = 12
    fill(kobo, 60)
    kobo.before_page = lambda start: work_a_little(kobo, chance) if chance.random() < 0.15 else None
    killed = refused = 0
    whole = 20_000
    for _ in range(30):
        for _ in range(chance.randint(1, 6)):
            work_a_little(kobo, chance)
        kobo.trouble(*[None] * chance.randint(0, 20))
        chance.choice([kobo.cut, kobo.busy, kobo.broken])(1)
        if chance.random() < 0.2:
            kobo.miscount(chance.choice([-2, 1]), times=chance.randint(1, 3))
        with Mortal(chance.choice([FOREVER, chance.randint(1, whole), whole - chance.randint(1, 300)])) as mortal:
            try:
                pull()
                whole = FOREVER - mortal.lines if mortal.lines > FOREVER / 2 else whole
            except SourceError as error:
                assert error.code == "incomplete"
                refused += 1
        killed += mortal.dead
        landing.submissions()  # whatever there is can be read
    kobo.before_page = lambda start: None
    kobo._troubles.clear()
    kobo._miscounts.clear()
    pull()
    assert latest(landing) == at_server(kobo)
    assert not list(landing.folder.glob(".*.tmp*"))
    assert len(list(landing.folder.glob("*.parquet"))) == len(landing.manifests())
    assert killed >= 10
    assert killed + refused <= 20


KILLED_IN_EARNEST = """
import os, signal, sys
from pathlib import Path
from flows.sources import kobotoolbox
from flows.stores import atomic
from flows.stores.landing import Landing
from transforms.programme import Form, KoboToolbox
state, source, form, count = sys.argv[1:]
original, calls = atomic.settle, []
def deadly(*paths):
    calls.append(1)
    if len(calls) == int(count):
        os.kill(os.getpid(), signal.SIGKILL)
    original(*paths)
atomic.settle = deadly
source = KoboToolbox.model_validate_json(source)
kobotoolbox.pull(source, Form.model_validate_json(form), Path(state), Landing(Path(state), source.id))
"""


def test_a_pull_killed_between_its_rows_and_their_proof_lands_them_the_next_time(
    kobo, source, form, pull, landing, tmp_path
):
    fill(kobo, 20)
    command = [sys.executable, "-c", KILLED_IN_EARNEST, str(tmp_path), source.model_dump_json()]
    killed = subprocess.run([*command, form.model_dump_json(), "2"], cwd=ROOT, env=os.environ, check=False)
    assert killed.returncode == -signal.SIGKILL
    assert len(list(landing.folder.glob("*.parquet"))) == 1
    assert landing.manifests() == []
    pull()
    assert latest(landing) == at_server(kobo)
    assert len(list(landing.folder.glob("*.parquet"))) == len(landing.manifests()) == 1


def test_submissions_that_one_may_no_longer_see_are_not_taken_for_deleted(kobo, pull, refused, landing):
    """The server counts what the user may see: rights for some of them look like a mass deletion."""
    ids = [kobo.insert(ANSWERS | {"person/study_id": f"P{number}"}) for number in range(60)]
    pull()
    hidden = kobo.rows[:25]
    del kobo.rows[:25]
    code, message = refused()
    assert code == "rows_down"
    assert "it has 35 rows and had 60 before" in message
    kobo.rows[:0] = hidden
    assert pull().landed == []
    assert len(latest(landing)) == len(ids)
