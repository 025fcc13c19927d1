import polars as pl

from transforms.link import link


def people(linked, **where: str) -> dict[str, int]:
    chosen = linked.funnel.filter(**where)
    return dict(chosen.select(pl.col("stage").cast(pl.String), "people").iter_rows())


def test_a_person_without_consent_counts_as_registered_and_nowhere_else(registrations, follow_ups, programme):
    linked = link(registrations, follow_ups, programme)
    assert people(linked, by="programme", arm="all", round="registration") == {"registered": 4, "consented": 3}
    assert people(linked, by="programme", arm="comparison", round="registration") == {"registered": 2, "consented": 1}


def test_a_business_found_closed_counts_as_answered(registrations, follow_ups, programme):
    linked = link(registrations, follow_ups, programme)
    assert people(linked, by="programme", arm="all", round="m3") == {"due": 3, "answered": 2}


def test_groups_add_up_to_the_programme(registrations, follow_ups, programme):
    funnel = link(registrations, follow_ups, programme).funnel
    keys = ["period", "arm", "round", "stage"]
    totals = funnel.group_by("by", *keys).agg(pl.col("people").sum())
    by_sex = totals.filter(by="sex").drop("by").sort(keys)
    assert by_sex.equals(totals.filter(by="programme").drop("by").sort(keys))
