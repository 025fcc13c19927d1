"""What Prefect schedules and offers: two flows, each one call. prefect.yaml and `impact serve` name them."""

from prefect import flow

from flows.nightly import nightly
from flows.report_on_demand import ReportRequest, report_on_demand
from flows.settings import chosen_programmes
from flows.standing import check_night
from transforms.programme import Language

# Nothing is persisted: a result would be a copy of what the archive already keeps.


@flow(name="nightly", persist_result=False)
def nightly_reports(programmes: list[str] = [], languages: list[Language] = ["th", "en"]) -> list[str]:  # noqa: B006
    """Pulls, refreshes and publishes these programmes; all of them when none is named.

    Fails, once all is done, where a source failed, is not used or is too old, as `impact run` does.
    """
    published = [str(path) for path in nightly(programmes, languages)]
    check_night(chosen_programmes(programmes))
    return published


@flow(name="report-on-demand", persist_result=False)
def report(request: ReportRequest) -> list[str]:
    """Typesets one report from the current warehouse: a programme, an area or a course session."""
    return [str(path) for path in report_on_demand(request)]
