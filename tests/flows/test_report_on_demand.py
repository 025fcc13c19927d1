import pytest
from pydantic import ValidationError

from flows.declared import programme_named, warehouse_of
from flows.report_on_demand import ReportRequest, report_on_demand, scope_of
from reports.scope import Scope
from transforms.errors import UserError

NAME = "michigan_training"


@pytest.fixture(autouse=True)
def installation(installation_with_warehouse, monkeypatch):
    for name, value in installation_with_warehouse.items():
        monkeypatch.setenv(name, value)
    monkeypatch.delenv("PREFECT_API_URL", raising=False)


def scope(**request):
    programme = programme_named(NAME)
    with warehouse_of(programme).open() as reader:
        return scope_of(ReportRequest(programme=NAME, **request), reader, programme)


def test_without_a_place_it_is_the_whole_programme_in_its_latest_period():
    [period] = [each.id for each in programme_named(NAME).periods][-1:]
    assert scope() == Scope(period)


@pytest.mark.parametrize(
    ("request_", "names"),
    [
        ({"round": "y1978"}, "y1988"),
        ({"period": "no such"}, "period"),
        ({"area": "Nowhere"}, "area"),
        ({"area": "85", "session": "a"}, "Leave one out"),
    ],
)
def test_what_is_not_there_is_answered_with_what_is(request_, names):
    with pytest.raises(UserError, match=names):
        scope(**request_)


@pytest.mark.parametrize("code", ["../../etc/passwd", "a;drop table x", "x'--", "", "http://host/x"])
def test_no_path_address_or_sql_is_a_code(code):
    with pytest.raises(ValidationError):
        ReportRequest(programme=NAME, area=code)


def test_a_programme_that_is_not_there_is_answered_with_the_nearest():
    with pytest.raises(UserError, match="michigan_training"):
        report_on_demand(ReportRequest(programme="michigan"))


@pytest.mark.slow
def test_the_same_report_is_made_once_and_named_by_its_content():
    request = ReportRequest(programme=NAME, languages=["en"])
    [first] = report_on_demand(request)
    made = first.stat().st_mtime_ns
    assert report_on_demand(request) == [first]
    assert first.stat().st_mtime_ns == made
    assert first.read_bytes().startswith(b"%PDF")
