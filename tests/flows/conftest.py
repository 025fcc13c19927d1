import pytest

from transforms.programme import Form, Source


@pytest.fixture
def form() -> Form:
    def question(path, type_="text", **more):
        return {"path": path, "type": type_, "title": {"th": "ก", "en": "a"}, **more}

    return Form.model_validate(
        {
            "kind": "registration",
            "title": {"th": "ลงทะเบียน", "en": "Registration"},
            "key": ["participant_id"],
            "questions": {
                "participant_id": question("รหัส", "code", identity=True, required=True),
                "enterprise_id": question("เลขกิจการ", "code", identity=True),
                "name": question("ชื่อ", identity=True),
                "registered_on": question("วันที่", "date"),
                "sales": question(("ยอดขาย", "รายได้"), "money"),
            },
        }
    )


@pytest.fixture
def source() -> Source:
    return Source(id="registrations", kind="file_drop", form="registration", files="**/*")
