import re
from dataclasses import replace
from datetime import UTC, datetime

import polars as pl
import pytest

from reports.content import compose
from reports.document import Heading, Paragraph, Report, Section, Table
from reports.facts import PARAMETERS, Facts, questions
from reports.html import to_html
from reports.scope import Scope

LATIN = re.compile(r"[A-Za-z]+")
ALLOWED_IN_THAI = {"FTE", "SDG", "SQL", "CSV", "n", "p", "q", "df"}
THAI = re.compile("[\u0e01-\u0e5b]")
WHOLE = Scope("fy2568")
SESSION = Scope("fy2568", by="session", group="S01")


def headings(report: Report) -> list[str]:
    own = [section.title for section in report.sections]
    inner = [block.text for section in report.sections for block in section.blocks if isinstance(block, Heading)]
    columns = [column.title for table in tables_of(report) for column in table.columns]
    captions = [table.caption for table in tables_of(report)]
    return [*own, *inner, *columns, *captions]


def tables_of(report: Report) -> list[Table]:
    return [block for section in report.sections for block in section.blocks if isinstance(block, Table)]


def section(report: Report, section_id: str) -> Section:
    return next(each for each in report.sections if each.id == section_id)


def text_of(report: Report) -> str:
    html = re.sub(r'<span class="whole">([^<]*)</span>', r"\1", to_html(report))
    return re.sub(r"<[^>]*>", " ", html)


def test_the_programmes_report_has_every_chapter_in_order(facts, programme) -> None:
    report = compose(facts, programme, "en", WHOLE)
    assert [each.id for each in report.sections] == [
        "participation",
        "adoption",
        "growth",
        "sustainability",
        "comparison",
        "areas",
        "quality",
        "changes",
        "methods",
    ]


LAGGED = "Waste (logarithm), One round after treatment"


def test_every_headline_has_a_tile_and_every_comparison_a_finding(facts, programme) -> None:
    summary = compose(facts, programme, "en", WHOLE).summary
    headlines = [each.title.en for each in programme.indicators.values() if each.headline]
    assert [tile.title for tile in summary.tiles] == headlines
    assert [finding.title for finding in summary.findings] == [*headlines[1:5], *headlines[6:], LAGGED]


def test_a_tile_says_value_unit_interval_n_target_and_grade(facts, programme) -> None:
    tiles = {tile.title: tile for tile in compose(facts, programme, "en", WHOLE).summary.tiles}
    sales = tiles["Sales"]
    assert (sales.value, sales.unit, sales.interval, sales.letter) == ("+18.3%", "", "10.3 to 26.3%", "A")
    assert sales.notes == (
        "Effect against Waiting list, Month 12",
        "n\N{NO-BREAK SPACE}=\N{NO-BREAK SPACE}300\N{NO-BREAK SPACE}and\N{NO-BREAK SPACE}236",
    )
    assert tiles["People trained"].notes[-1] == "Target 700 people"


def test_every_cell_of_every_table_says_something(facts, programme) -> None:
    for language in ("th", "en"):
        for table in tables_of(compose(facts, programme, language, WHOLE)):
            assert all(len(row) == len(table.columns) for row in table.rows), table.caption
            assert all(cell.text.strip() for row in table.rows for cell in row), table.caption


def test_thai_headings_hold_no_english_word_and_english_ones_no_thai_letter(facts, programme) -> None:
    for scope, found in ((WHOLE, facts),):
        thai = headings(compose(found, programme, "th", scope))
        assert [each for each in thai if set(LATIN.findall(each)) - ALLOWED_IN_THAI] == []
        english = headings(compose(found, programme, "en", scope))
        assert [each for each in english if THAI.search(each)] == []


def test_the_synthetic_mark_is_there_only_for_made_up_data(facts, programme) -> None:
    assert "Synthetic data" in compose(facts, programme, "en", WHOLE).banner
    real = programme.model_copy(update={"synthetic": False})
    assert compose(facts, real, "en", WHOLE).banner == ""


@pytest.mark.parametrize(
    ("language", "sentence"),
    [
        ("en", "Nobody is registered for Whole programme in Fiscal year 2025"),
        ("th", "ไม่มีผู้ลงทะเบียนสำหรับทั้งโครงการในปีงบประมาณ พ.ศ. 2568"),
    ],
)
def test_without_participants_the_report_is_a_page_that_says_so(facts, programme, language, sentence) -> None:
    nobody = replace(facts, funnel=facts.funnel.clear(), estimates=facts.estimates.clear())
    report = compose(nobody, programme, language, WHOLE)
    assert report.kind == "empty"
    assert report.summary is None
    assert [each.id for each in report.sections] == ["empty"]
    assert sentence in text_of(report)


def test_too_few_people_are_under_the_floor_never_nobody(facts, programme) -> None:
    few = replace(facts, funnel=facts.funnel.with_columns(people=pl.lit(None, dtype=pl.Int64)))
    report = compose(few, programme, "en", WHOLE)
    funnel = tables_of(report)[0]
    assert report.kind == "report"
    assert {cell.text for row in funnel.rows for cell in row[1:]} == {"not shown"}


def suppressed(facts: Facts) -> Facts:
    numbers = [name for name, dtype in facts.estimates.schema.items() if dtype.is_numeric()]
    hidden = facts.estimates.with_columns(
        pl.lit(None).cast(facts.estimates.schema[name]).alias(name) for name in numbers
    ).with_columns(
        visibility=pl.lit("suppressed").cast(facts.estimates.schema["visibility"]),
        sign=pl.lit(None).cast(facts.estimates.schema["sign"]),
        letter=pl.when(pl.col("letter").is_not_null()).then(pl.lit("X")).cast(facts.estimates.schema["letter"]),
    )
    return replace(facts, estimates=hidden)


@pytest.mark.parametrize(("language", "words"), [("en", "not shown"), ("th", "ไม่แสดง")])
def test_when_everything_is_hidden_every_place_says_so(facts, programme, language, words) -> None:
    report = compose(suppressed(facts), programme, language, WHOLE)
    assert {tile.value for tile in report.summary.tiles} == {words}
    assert all("10" in finding.sentence for finding in report.summary.findings)
    assert section(report, "growth").blocks


def test_a_failed_source_is_told_on_the_cover_and_among_the_data(facts, programme) -> None:
    failed = facts.pulls.with_columns(
        status=pl.when(pl.col("source") == "follow_up_m12").then(pl.lit("failed")).otherwise(pl.lit("pulled")),
        reason=pl.when(pl.col("source") == "follow_up_m12").then(pl.lit("missing_column")),
    )
    report = compose(replace(facts, pulls=failed), programme, "en", WHOLE)
    told = "Data as of 22 November 2025: the source “Follow-up, Month 12” could not be read since (a column is missing)"
    assert told in report.notices[0].text
    assert told in section(report, "quality").blocks[0].text


def test_a_source_whose_data_are_too_old_is_told_in_front_and_beside_its_name(facts, programme) -> None:
    [moment, *_] = facts.pulls["data_from"]
    old = pl.col("source") == "follow_up_m3"
    stale = facts.pulls.with_columns(stale=old, stale_from=pl.when(old).then(pl.lit(moment) + pl.duration(days=3)))
    report = compose(replace(facts, pulls=stale), programme, "en", WHOLE)
    told = "Data as of 22 November 2025: the source “Follow-up, Month 3” should have brought newer data by 25 November"
    assert told in report.notices[0].text
    received = next(each for each in tables_of(report) if each.caption.startswith("Submissions by source"))
    details = {row[0].text: row[0].detail for row in received.rows}
    assert details["Follow-up, Month 3"] == "Data as of 22 November 2025; too old"
    assert details["Registration"] == "Data as of 22 November 2025"
    thai = compose(replace(facts, pulls=stale), programme, "th", WHOLE)
    assert "ควรมีข้อมูลใหม่ภายในวันที่ 25 พฤศจิกายน พ.ศ. 2568" in thai.notices[0].text


def test_what_a_person_let_pass_is_listed_with_who_when_and_why(facts, programme) -> None:
    [moment, *_] = facts.pulls["data_as_of"]
    said = pl.DataFrame(
        [
            ("registrations", moment, "rows_down", 1200, 640, "officer", "The south has left."),
            ("follow_up_m3", moment, "no_rows", 30, 0, "officer", "Nobody was due."),
            ("follow_up_m3", moment, "too_many_rejects", 400, 25, "officer", "An old form."),
        ],
        schema=facts.acknowledgements.schema,
        orient="row",
    )
    with_them = replace(facts, acknowledgements=said)
    table = next(
        each for each in tables_of(compose(with_them, programme, "en", WHOLE)) if "acknowledged" in each.caption
    )
    assert [cell.text for cell in table.rows[0]] == [
        "Registration",
        "640 rows are left of 1,200",
        "22 November 2025, 02:00",
        "officer",
        "The south has left.",
    ]
    assert [row[1].text for row in table.rows[1:]] == [
        "A file has no rows; before there were 30",
        "25 of 400 submissions are set aside",
    ]
    assert "เหลือ 640 แถว จากเดิม 1,200 แถว" in str(compose(with_them, programme, "th", WHOLE))


def test_an_earlier_round_can_be_asked_for(facts, programme) -> None:
    text = text_of(compose(facts, programme, "en", Scope("fy2568", round="m3")))
    assert "Latest round: Month 3" in text
    assert "Month 12" not in re.sub(r"Follow-up, Month 12", "", text)


def test_a_session_gets_a_card(session_facts, programme) -> None:
    report = compose(session_facts, programme, "en", SESSION)
    assert report.kind == "card"
    assert report.cover.scope == "S01 · Tie-dye"
    assert [each.id for each in report.sections] == ["participation", "results"]


def test_an_area_gets_a_report_without_other_areas(facts, programme) -> None:
    area = replace(facts, areas=facts.areas.clear())
    report = compose(area, programme, "en", Scope("fy2568", by="province", group="85"))
    assert report.cover.scope == "Ranong"
    assert "areas" not in [each.id for each in report.sections]


def test_models_print_both_errors_and_every_digit(facts, programme) -> None:
    table = next(each for each in tables_of(compose(facts, programme, "en", WHOLE)) if "coefficients" in each.caption)
    rows = [[cell.text for cell in row[:4]] for row in table.rows]
    assert rows == [
        ["In the round of treatment", "−0.252", "0.140", "0.151"],
        ["One round after treatment", "−0.422", "0.280", "0.210"],
        ["Month 3, against Baseline", "−0.080", "0.100", "0.109"],
    ]
    assert "162 observations" in table.note


def test_every_indicator_is_defined(facts, programme) -> None:
    report = compose(facts, programme, "en", WHOLE)
    table = next(each for each in tables_of(report) if "Every indicator" in each.caption)
    assert [row[0].text for row in table.rows] == [each.title.en for each in programme.indicators.values()]
    assert [row[2].text for row in table.rows] == [each.value for each in programme.indicators.values()]


def test_questions_ask_for_the_scope_and_its_areas(programme) -> None:
    asked = questions(WHOLE, programme)
    assert asked["estimates"] == {"period": "fy2568", "by": "programme", "group": "all"}
    assert asked["areas"] == {"period": "fy2568", "by": "province"}
    assert questions(SESSION, programme)["areas"]["by"] == ""
    assert set(asked) == set(PARAMETERS)


def test_two_languages_say_the_same_numbers(facts, programme) -> None:
    """Years apart, which are of another era."""
    english, thai = (compose(facts, programme, language, WHOLE) for language in ("en", "th"))
    for one, other in zip(tables_of(english), tables_of(thai), strict=True):
        for row, same in zip(one.rows, other.rows, strict=True):
            assert [digits(cell.text) for cell in row] == [digits(cell.text) for cell in same]


def digits(text: str) -> list[str]:
    found = re.findall(r"[−+]?\d[\d,.]*\d|[−+]?\d", text)
    return [] if re.search(r"20\d\d|25\d\d", text) else sorted(each for each in found if each != "95")


def with_estimates(facts: Facts, change: pl.Expr, **wanted: str) -> Facts:
    """The facts with some columns of the wanted estimates changed."""
    asked = pl.all_horizontal(pl.col(name).cast(pl.String) == value for name, value in wanted.items())
    estimates = facts.estimates.with_columns(pl.when(asked).then(change).otherwise(pl.col(change.meta.output_name())))
    return replace(facts, estimates=estimates)


def sales_effect(facts: Facts, **given: object) -> Facts:
    for name, value in given.items():
        literal = pl.lit(value).cast(facts.estimates.schema[name]).alias(name)
        facts = with_estimates(facts, literal, indicator="sales", quantity="effect", round="m12")
    return facts


def table(report: Report, caption: str) -> Table:
    return next(each for each in tables_of(report) if caption in each.caption)


def row_of(found: Table, title: str) -> list[tuple[str, str]]:
    return next([(cell.text, cell.detail) for cell in row] for row in found.rows if row[0].text == title)


@pytest.mark.parametrize(
    ("given", "why"),
    [
        ({"sign": "?"}, "detectable: 11.2%"),
        ({"sign": "?", "p_value": None}, "too few groups"),
        (
            {"sign": "?", "low": None, "high": None, "smallest_detectable": None, "no_interval": "few_groups"},
            "too few groups",
        ),
        ({"sign": "+"}, ""),
    ],
)
def test_a_row_that_found_nothing_says_what_it_could_have_found(facts, programme, given, why) -> None:
    report = compose(sales_effect(facts, **given), programme, "en", WHOLE)
    assert row_of(table(report, "changes and effects"), "Digital adoption")[2][1] == ""
    growth = next(each for each in section(report, "growth").blocks if "changes and effects" in each.caption)
    assert row_of(growth, "Sales")[2][1] == why
    assert ("without an interval" in growth.note) == ("no_interval" in given)


def test_a_change_on_a_tile_is_told_in_its_finding_before_the_effect(facts, programme) -> None:
    summary = compose(facts, programme, "en", WHOLE).summary
    tile = next(each for each in summary.tiles if each.title == "Profit")
    finding = next(each for each in summary.findings if each.title == "Profit")
    assert tile.notes[0] == "Before–after change of Trained, Month 12"
    assert finding.sentence.startswith(
        f"From Baseline to Month 12 it changed by {tile.value} {tile.unit}, not attributed to the programme. "
        "The programme caused a rise of 610 baht ("
    )


def test_those_of_no_known_group_are_told_so_that_groups_add_up(facts, programme) -> None:
    def told(report: Report) -> dict[str, str]:
        return {row[0].text: row[1].text for row in table(report, "Participants by group").rows}

    women = pl.col("group").cast(pl.String) == "female"
    fewer = replace(
        facts, profile=facts.profile.with_columns(people=pl.col("people") - pl.when(women).then(13).otherwise(0))
    )
    hidden = replace(facts, profile=fewer.profile.with_columns(people=pl.when(~women).then("people")))
    few = replace(
        facts, profile=facts.profile.with_columns(people=pl.col("people") - pl.when(women).then(4).otherwise(0))
    )
    assert "Not stated" not in told(compose(facts, programme, "en", WHOLE))["Sex"]
    assert told(compose(fewer, programme, "en", WHOLE))["Sex"].endswith("Men 220 (35%), Not stated 13 (2%)")
    assert told(compose(few, programme, "en", WHOLE))["Sex"].endswith(", Not stated (not shown)")
    assert "Not stated" not in told(compose(hidden, programme, "en", WHOLE))["Sex"]


def test_what_was_received_adds_up_by_source_and_by_reason(facts, programme) -> None:
    report = compose(facts, programme, "en", WHOLE)
    received = table(report, "Submissions by source")
    counts = [[int(cell.text.replace(",", "")) for cell in row[1:]] for row in received.rows]
    assert all(landed == sum(others) for landed, *others in counts)
    assert counts[-1] == [sum(column) for column in zip(*counts[:-1], strict=True)]
    assert counts[1] == [640, 605, 12, 15, 6, 2, 0]
    reasons = table(report, "set aside, by reason")
    assert row_of(reasons, "no consent to the use of the answers")[2][0] == "5"
    assert reasons.rows[-1][2].text == str(counts[-1][2] + counts[-1][3])
    assert "counted once among those registered" not in received.note


def test_a_report_on_an_area_says_that_data_quality_is_the_whole_programmes(facts, programme) -> None:
    area = compose(facts, programme, "en", Scope("fy2568", by="province", group="85"))
    whole = compose(facts, programme, "en", WHOLE)
    captions = [each.caption for each in section(area, "quality").blocks if isinstance(each, Table)]
    assert len(captions) == 5
    assert all(caption.endswith("(whole programme)") for caption in captions)
    assert not any("(whole programme)" in each.caption for each in tables_of(whole))


def test_codes_name_the_catalogue_they_are_from(facts, programme) -> None:
    sales = programme.indicators["sales"].model_copy(update={"codes": ("IRIS+ PI3180", "IRIS+ FP6510", "SDG 8.2")})
    coded = programme.model_copy(update={"indicators": {**programme.indicators, "sales": sales}})
    definitions = table(compose(facts, coded, "en", WHOLE), "Every indicator")
    assert (
        row_of(definitions, "Sales")[0][1] == "sales; IRIS+\N{NO-BREAK SPACE}PI3180, FP6510; SDG\N{NO-BREAK SPACE}8.2"
    )
    assert definitions.note.startswith("IRIS+: the catalogue")
    assert "SDG: a target" in definitions.note


@pytest.mark.parametrize(
    ("language", "tested", "untestable"),
    [
        ("en", "over the rounds before taking part", "Of the other effects the pre-trend is not testable"),
        ("th", "แนวโน้มก่อนเข้าร่วม คือการทดสอบร่วม", "ตัวชี้วัดอื่นทดสอบแนวโน้มก่อนเข้าร่วมไม่ได้"),
    ],
)
def test_a_pre_trend_is_printed_or_said_to_be_untestable(facts, programme, language, tested, untestable) -> None:
    observed = programme.model_copy(
        update={"design": programme.design.model_copy(update={"kind": "difference_in_differences"})}
    )
    is_effect, is_sales = pl.col("quantity") == "effect", pl.col("indicator") == "sales"
    known = facts.estimates.with_columns(
        pre_rounds=pl.when(is_effect).then(pl.when(is_sales).then(2).otherwise(1)).cast(pl.Int64),
        pre_trend_p=pl.when(is_effect & is_sales).then(0.0314),
    )

    told = text_of(compose(replace(facts, estimates=known), observed, language, WHOLE))
    alone = text_of(compose(replace(facts, estimates=known.filter(~(is_effect & is_sales))), observed, language, WHOLE))

    assert tested in told and "p = 0.031" in told and untestable in told
    assert tested not in alone and untestable not in alone
    assert {"en": "Pre-trend not testable", "th": "ทดสอบแนวโน้มก่อนเข้าร่วมไม่ได้ เพราะ"}[language] in alone


@pytest.mark.parametrize(
    ("language", "words"),
    [("en", "from the release of 3 November 2025"), ("th", "มาจากการเผยแพร่เมื่อวันที่ 3 พฤศจิกายน พ.ศ. 2568")],
)
def test_figures_that_an_earlier_release_showed_are_counted_and_dated(facts, programme, language, words) -> None:
    made_at = facts.release["made_at"].item()
    earlier, tonight = datetime(2025, 11, 3, 1, tzinfo=UTC), facts.estimates.with_columns(figures_from=made_at)
    stands = pl.int_range(pl.len()) < 7
    mixed = tonight.with_columns(figures_from=pl.when(stands).then(pl.lit(earlier)).otherwise("figures_from"))
    mixed = mixed.with_columns(figures_from=pl.col("figures_from").cast(facts.estimates.schema["figures_from"]))

    def told(estimates: pl.DataFrame) -> str:
        report = compose(replace(facts, estimates=estimates), programme, language, WHOLE)
        return " ".join(each.text for each in section(report, "quality").blocks if isinstance(each, Paragraph))

    assert words in told(mixed)
    assert re.search(r"\b7\b", told(mixed))
    assert words.split(" 3 ")[0] not in told(tonight)


@pytest.mark.parametrize(("language", "label"), [("en", "(exploratory)"), ("th", "(เชิงสำรวจ)")])
def test_findings_on_what_was_not_declared_primary_are_labelled(facts, programme, language, label) -> None:
    sales = programme.indicators["sales"].model_copy(update={"role": "primary"})
    declared = programme.model_copy(update={"indicators": {**programme.indicators, "sales": sales}})
    title = {"en": sales.title.en, "th": sales.title.th}[language]
    found = {each.title for each in compose(facts, declared, language, WHOLE).summary.findings}
    assert title in found
    assert len(found) > 1 and all(each == title or each.endswith(label) for each in found)
    assert not any(label in each.title for each in compose(facts, programme, language, WHOLE).summary.findings)
