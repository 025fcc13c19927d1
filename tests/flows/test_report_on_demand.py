import polars as pl
import pytest
from pydantic import ValidationError

from flows.declared import programme_named, warehouse_of
from flows.report_on_demand import ReportRequest, _group, report_on_demand, scope_of
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
        ({"period": "y1987_1990"}, "there is no period 'y1987_1990' in programme.toml. Names that .* y1987_1989"),
        ({"area": "Nowhere"}, "area"),
        ({"area": "85", "session": "a"}, "Leave one out"),
    ],
)
def test_what_is_not_there_is_answered_with_what_is(request_, names):
    with pytest.raises(UserError, match=names):
        scope(**request_)


def test_a_period_that_is_declared_is_taken():
    assert scope(period="y1987_1989") == Scope("y1987_1989")


def test_the_form_offers_the_periods_and_the_follow_up_rounds_of_every_programme():
    fields = ReportRequest.model_json_schema()["properties"]
    assert fields["period"]["enum"] == [None, "fy2568", "fy2569", "y1987_1989"]
    assert fields["round"]["enum"] == [None, "m3", "m6", "m12", "y1988", "y1989"]


def test_a_place_that_is_not_there_is_answered_with_the_ten_closest_each_once():
    codes = [f"RN68-{number:02}" for number in range(1, 31)]
    rows = [("session", "session", code, code, code) for code in codes]
    offered = pl.DataFrame(rows, ["by", "kind", "group", "title_th", "title_en"], orient="row")
    with pytest.raises(UserError) as raised:
        _group("session", "rn68-3", offered, programme_named(NAME))
    said = str(raised.value)
    assert "The closest: RN68-03, " in said
    assert said.count("RN68-03") == 1
    assert said.count("RN68-") == 10
    assert said.endswith(f" and 20 more; all of them: impact results {NAME}.")


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
