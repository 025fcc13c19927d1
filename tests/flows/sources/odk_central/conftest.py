import pytest

from flows.sources.odk_central import account, feed
from flows.sources.web import Limits
from tests.declaring import form_of, question
from tests.fakes.odk_central import PASSWORD, USER, Central, running
from transforms.programme import OdkCentral


@pytest.fixture
def central(monkeypatch):
    with running(Central()) as central:
        for field, value in {"URL": central.url, "USER": USER, "PASSWORD": PASSWORD}.items():
            monkeypatch.setenv(f"IMPACT_CONNECTION_FIELD_{field}", value)
        monkeypatch.setattr(account, "LIMITS", Limits(connect=2, read=5, wait=0.01))
        monkeypatch.setattr(feed, "PAGE_ROWS", 3)
        yield central


@pytest.fixture
def source():
    return OdkCentral(
        id="interviews", kind="odk_central", form="registration", connection="field", project=1, form_id="registration"
    )


@pytest.fixture
def form():
    questions = {
        "participant_id": question("person/study_id", "code"),
        "registered_on": question("consent/given_on", "date"),
        "age": question("person/age", "integer"),
        "members": question("household/member"),
    }
    return form_of(questions)
