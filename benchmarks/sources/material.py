"""What is pulled: a CSV file, a PostgreSQL table and the prepared answers of ODK Central and KoboToolbox.

People are made up. Answers have the shapes that running servers gave (tests/data), with a few columns for each type.
"""

import json
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from uuid import UUID

import polars as pl

from transforms.programme import Form

PAGE = 1_000
PROJECT, FORM_ID, ASSET = 1, "registration", "aLbyAMxWUAmH4XzaQJc4cy"
TABLE = "people"
_START = datetime(2026, 1, 1, tzinfo=UTC)
_PROVINCES = ("ระนอง", "ชุมพร", "สุราษฎร์ธานี", "นครศรีธรรมราช", "พัทลุง", "สงขลา")
_MEANT = {"th": "-", "en": "-"}


def form(paths: dict[str, str]) -> Form:
    """A form that asks one question for each path, all as text."""
    questions = {name: {"path": path, "type": "text", "title": _MEANT} for name, path in paths.items()}
    said = {"kind": "registration", "title": _MEANT, "key": ["participant_id"], "questions": questions}
    return Form.model_validate(said)


COLUMNS = {
    "participant_id": "รหัสผู้เข้าอบรม",
    "full_name": "ชื่อ-นามสกุล",
    "phone": "เบอร์โทร",
    "province": "จังหวัด",
    "registered_on": "วันที่ลงทะเบียน",
    "session": "รุ่น",
    "age": "อายุ",
    "sales": "ยอดขายต่อเดือน",
    "sells_online": "ขายออนไลน์",
    "notes": "หมายเหตุ",
}
"""Our names and the headings of the CSV file and of the table."""
SURVEY = {
    "participant_id": "person/study_id",
    "given_name": "person/given_name",
    "age": "person/age",
    "weight": "person/weight_kg",
    "site": "site",
}
"""Our names and the paths in both servers' submissions."""
_ASKED = (*SURVEY.values(), "start", "end", "home", "notes", "person/languages", "person/birth_date")


def people(rows: int, first: int = 0) -> pl.DataFrame:
    """Made-up sign-ups, all as text, as staff would have typed them."""
    number = pl.int_range(first, first + rows, eager=True)
    texts = {
        "participant_id": pl.format("P{}", number.cast(pl.String).str.zfill(8)),
        "full_name": pl.format("สมชาย{} ใจดี{}", number % 997, number % 613),
        "phone": pl.format("08{}", (number * 7919 % 100_000_000).cast(pl.String).str.zfill(8)),
        "province": pl.Series(_PROVINCES).gather(number % len(_PROVINCES)),
        "registered_on": pl.format("{}/{}/{}", number % 28 + 1, number % 12 + 1, number % 3 + 2566),
        "session": pl.format("R{}", number % 400),
        "age": (number % 60 + 18).cast(pl.String),
        "sales": pl.format("{},{}.50", number % 90 + 1, (number * 31 % 1000).cast(pl.String).str.zfill(3)),
        "sells_online": pl.Series(("ใช่", "ไม่ใช่")).gather(number % 2),
        "notes": pl.Series(("", "ขายที่ตลาดนัด วันเสาร์", "ติดต่อช่วงเย็น")).gather(number % 3),
    }
    return pl.select(**{COLUMNS[name]: text for name, text in texts.items()})


def write_csv(path: Path, rows: int) -> None:
    """A CSV file of so many people, written piece by piece."""
    with path.open("wb") as file:
        for first in range(0, rows, 1_000_000):
            file.write(people(min(1_000_000, rows - first), first).write_csv(include_header=not first).encode())


def table_statements(rows: int) -> tuple[str, ...]:
    """What makes the table and fills it: types as an office's database has them."""
    return (
        f"create table {TABLE} (id integer primary key, full_name text, phone text, province text, registered_on date,"
        " session text, age integer, sales numeric(12, 2), sells_online boolean, updated_at timestamptz)",
        f"insert into {TABLE} select i, 'สมชาย' || i || ' ใจดี', '08' || lpad((i * 79 % 100000000)::text, 8, '0'),"
        " (array['ระนอง', 'ชุมพร', 'พัทลุง', 'สงขลา'])[i % 4 + 1], date '2024-01-01' + i % 600, 'R' || i % 400,"
        f" 18 + i % 60, i * 1.50, i % 2 = 0, timestamptz '2025-01-01' + i * interval '1 minute'"
        f" from generate_series(1, {rows}) as i",
        f"analyze {TABLE}",
    )


def odk_answers(rows: int) -> dict[str, bytes]:
    """What ODK Central answers to each path and query that a reader of all submissions, or of news, asks for."""
    base, feed = f"/v1/projects/{PROJECT}/forms/{FORM_ID}", f"/v1/projects/{PROJECT}/forms/{FORM_ID}.svc/Submissions"
    context = {"@odata.context": f"http://127.0.0.1{feed[: -len('Submissions')]}$metadata#Submissions"}
    answers = {
        "/v1/sessions": _json({"token": "none", "expiresAt": "2099-01-01T00:00:00Z"}),
        f"{base}/fields": _json([*_odk_fields()]),
        f"{feed}?count": _json({"value": [], **context, "@odata.count": rows}),
        f"{feed}?news": _json({"value": [], **context, "@odata.count": 0}),
    }
    for page, first in enumerate(range(0, rows, PAGE)):
        link = {} if first + PAGE >= rows else {"@odata.nextLink": f"http://127.0.0.1{feed}?%24skiptoken={page + 1}"}
        found = [_odk_row(number) for number in range(first, min(first + PAGE, rows))]
        answers[f"{feed}?{page}"] = _json({"value": found, **context, **link, "@odata.count": rows})
    return answers


def _odk_fields() -> Iterator[dict[str, object]]:
    yield {"path": "/household/member", "type": "repeat"}
    for path in _ASKED:
        yield {"path": f"/{path}", "type": "string"}


def _odk_row(number: int) -> dict[str, object]:
    """One submission, as with `$expand=*`."""
    uuid = f"uuid:{UUID(int=number)}"
    return {
        "start": "2026-11-20T09:00:00.000+07:00",
        "end": "2026-11-20T09:20:00.000+07:00",
        "consent": {"given": "yes", "given_on": "2026-04-20"},
        "person": {
            "study_id": f"P{number:06}",
            "given_name": f"สมชาย {number % 977}",
            "sex": ("male", "female")[number % 2],
            "birth_date": "2000-08-13",
            "age": 18 + number % 60,
            "weight_kg": 40 + number % 500 / 10,
            "languages": "th shn",
            "contact": {"phone": f"08{number:08}", "email": None},
        },
        "site": ("bkk", "cnx", "hdy")[number % 3],
        "home": {"type": "Point", "coordinates": [100.177807, 15.34922, 834], "properties": {"accuracy": 7.2}},
        "household": {
            "size": 1,
            "member@odata.navigationLink": f"Submissions('{uuid}')/household/member",
            "member": [{"name": "ปิ่นแก้ว", "relation": "parent", "age": 26, "__id": f"{number:040x}"}],
        },
        "notes": None,
        "meta": {"audit": None, "instanceID": uuid, "instanceName": f"P{number:06}"},
        "__id": uuid,
        "__system": {
            "submissionDate": (_START + timedelta(minutes=number)).isoformat(timespec="milliseconds"),
            "updatedAt": None,
            "submitterId": "5",
            "submitterName": "field",
            "attachmentsPresent": 0,
            "attachmentsExpected": 0,
            "status": None,
            "reviewState": None,
            "deviceId": "collect:lab",
            "edits": 0,
            "formVersion": "2",
            "deletedAt": None,
        },
    }


def kobo_answers(rows: int) -> dict[str, bytes]:
    """What KoboToolbox answers: the project, and pages that begin where the reader asks (by its own step)."""
    base = f"/api/v2/assets/{ASSET}"
    survey = [{"$xpath": path, "type": "text"} for path in _ASKED]
    answers = {f"{base}/": _json({"has_deployment": True, "content": {"survey": survey}})}
    for step in (PAGE, PAGE - 1):
        for first in range(0, rows, step):
            last = min(first + PAGE, rows)
            found = [_kobo_row(number) for number in range(first, last)]
            more = None if last == rows else f"http://127.0.0.1{base}/data.json?limit={PAGE}&start={last}"
            answers[f"{base}/data.json?{first}"] = _json({"count": rows, "next": more, "results": found})
    return answers


def _kobo_row(number: int) -> dict[str, object]:
    uuid = str(UUID(int=number))
    return {
        "_id": number + 1,
        "formhub/uuid": "9a2be615ce2c4c4eb2c87260a47880ed",
        "start": "2026-11-20T09:00:00.000+07:00",
        "end": "2026-11-20T09:20:00.000+07:00",
        "person/study_id": f"P{number:06}",
        "person/given_name": f"สมชาย {number % 977}",
        "person/age": str(18 + number % 60),
        "person/weight_kg": f"{40 + number % 500 / 10:.2f}",
        "person/birth_date": "1961-05-15",
        "person/languages": "shn en",
        "site": ("bkk", "cnx", "hdy")[number % 3],
        "home": "13.75 100.5 0 0",
        "household/member": [{"household/member/name": "สมาชิก", "household/member/age": "74"}],
        "__version__": "vTKwP3jQos4PpECTd2r3Ji",
        "meta/instanceID": f"uuid:{uuid}",
        "_xform_id_string": ASSET,
        "_uuid": uuid,
        "meta/rootUuid": f"uuid:{uuid}",
        "_attachments": [],
        "_status": "submitted_via_web",
        "_geolocation": [13.75, 100.5],
        "_submission_time": (_START + timedelta(minutes=number)).strftime("%Y-%m-%dT%H:%M:%S"),
        "_validation_status": {"uid": "validation_status_approved", "by_whom": "lead", "timestamp": 1795355628},
        "_submitted_by": "field",
    }


def _json(answer: object) -> bytes:
    """As servers write it: no spaces, other letters than Latin ones as they are."""
    return json.dumps(answer, ensure_ascii=False, separators=(",", ":")).encode()
