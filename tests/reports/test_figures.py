import random
import re
from itertools import combinations, pairwise
from pathlib import Path
from xml.etree import ElementTree

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import reports
from reports import figures
from reports.figures import drawing
from reports.figures.axis import across, make_way, plain, sensible_range, upwards
from reports.figures.axis import interval as interval_of
from reports.figures.matrices import contrast, legible, mixed
from reports.figures.wrapping import fit
from reports.typesetting.fonts import text_width

THAI = "สัดส่วนวัตถุดิบที่ซื้อจากผู้ผลิตในชุมชนหรือในจังหวัดเดียวกัน"
LONG_THAI = (THAI * 3)[:120]
LONG = "x" * 120
LABELS = ["Sales", "ยอดขายต่อเดือน", "น้ำปั่นที่ปี่", THAI, LONG, LONG_THAI, "a & b <c> \"d\" 'e'", "", "word " * 24, "<10"]
MARKS = {"circle", "polygon", "polyline", "rect"}
SVG = "{http://www.w3.org/2000/svg}"

labels = st.sampled_from(LABELS) | st.text(max_size=130)
numbers = st.floats(-1e9, 1e9) | st.sampled_from([0.0, 1e9, -1e9, 1e15, -1e15, 1e-9, 50.0, 50.0])
unhurried = settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow])


@st.composite
def dots(draw, label=labels):
    if draw(st.booleans()) and draw(st.booleans()):
        return figures.Dot(draw(label), None, None, None, draw(labels))
    low, value, high = sorted(draw(st.tuples(numbers, numbers, numbers)))
    return figures.Dot(draw(label), value, low, high, draw(labels))


def parsed(svg: str) -> ElementTree.Element:
    return ElementTree.fromstring(svg)


def texts(svg: str) -> list[str]:
    return [each.text or "" for each in parsed(svg).iter(f"{SVG}text")]


def marks(svg: str) -> list[str]:
    return [each.tag.removeprefix(SVG) for each in parsed(svg).iter() if each.tag.removeprefix(SVG) in MARKS]


def boxes(svg: str) -> list[tuple[float, float, float, float, str]]:
    """Left, top, right, bottom and words of each text."""
    found = []
    for each in parsed(svg).iter(f"{SVG}text"):
        size, words = float(each.attrib["font-size"]), each.text or ""
        width = text_width(words, size, int(each.attrib["font-weight"]))
        left = float(each.attrib["x"]) - {"start": 0, "middle": width / 2, "end": width}[each.attrib["text-anchor"]]
        baseline = float(each.attrib["y"])
        found.append((left, baseline - size, left + width, baseline + 0.3 * size, words))
    return found


def assert_tidy(svg: str) -> None:
    """Every text lies within the drawing and none on another; every coordinate is a number."""
    *_, width, height = (float(each) for each in parsed(svg).attrib["viewBox"].split())
    assert "nan" not in re.sub(r">[^<]*<", "><", svg)
    assert "inf" not in re.sub(r">[^<]*<", "><", svg)
    found = boxes(svg)
    for left, top, right, bottom, words in found:
        assert left >= -0.05 and top >= -0.05 and right <= width + 0.05 and bottom <= height + 0.05, words
    for one, other in combinations(found, 2):
        beside = one[2] <= other[0] + 0.05 or other[2] <= one[0] + 0.05
        above = one[3] <= other[1] + 0.05 or other[3] <= one[1] + 0.05
        assert beside or above, (one, other)


def assert_marks_inside(svg: str) -> None:
    *_, width, height = (float(each) for each in parsed(svg).attrib["viewBox"].split())
    for each in parsed(svg).iter():
        for across_name, down_name in (("x1", "y1"), ("x2", "y2"), ("cx", "cy"), ("x", "y")):
            if across_name in each.attrib and each.tag != f"{SVG}text":
                assert -3.5 <= float(each.attrib[across_name]) <= width + 3.5
                assert -3.5 <= float(each.attrib[down_name]) <= height + 3.5


@unhurried
@given(st.lists(dots(), min_size=1, max_size=12), labels, st.none() | numbers)
def test_texts_of_any_intervals_stay_apart_and_inside(drawn, axis, reference):
    svg = figures.dot_interval(drawn, axis=axis, reference=reference)
    assert_tidy(svg)
    assert_marks_inside(svg)


@pytest.mark.parametrize("rows", [1, 2, 20, 45, 80])
@pytest.mark.parametrize("label", ["นครศรีธรรมราช", "Surat Thani", THAI, LONG])
def test_up_to_eighty_rows_fit_a_page_and_stay_apart(rows, label):
    chance = random.Random(rows)
    drawn = [
        figures.Dot(f"{label} {place}", value := chance.gauss(50, 9), value - 4, value + 4, f"{value:.0f}%")
        for place in range(rows)
    ]
    svg = figures.dot_interval(drawn, axis="ร้อยละ", reference=50.0)
    assert_tidy(svg)
    assert float(parsed(svg).attrib["viewBox"].split()[3]) <= drawing.TALLEST


@unhurried
@given(st.data())
def test_texts_of_any_lines_over_the_rounds_stay_apart_and_inside(data):
    titles = data.draw(st.lists(labels, min_size=1, max_size=7, unique=True))
    lines = []
    for _ in range(data.draw(st.integers(1, 5))):
        asked = [title for title in titles if data.draw(st.integers(0, 4))]
        lines.append(figures.Line(data.draw(labels), [data.draw(dots(st.just(title))) for title in asked]))
    svg = figures.slope_rounds(titles, lines)
    assert_tidy(svg)
    assert_marks_inside(svg)


@unhurried
@given(st.lists(st.builds(figures.Step, labels, st.none() | st.integers(0, 10**9), labels), min_size=1, max_size=20))
def test_texts_of_any_bars_stay_apart_and_inside(bars):
    svg = figures.funnel(bars)
    assert_tidy(svg)
    assert_marks_inside(svg)


@unhurried
@given(st.data())
def test_texts_of_any_matrix_stay_apart_and_inside(data):
    rows = data.draw(st.lists(labels, min_size=1, max_size=10))
    columns = data.draw(st.lists(labels, min_size=1, max_size=12))
    squares = st.builds(figures.Square, st.none() | st.integers(0, 10**9), labels)
    cells = [[data.draw(squares) for _ in columns] for _ in rows]
    assert_tidy(figures.matrix(rows, columns, cells))
    assert_tidy(figures.matrix(rows, columns, cells, rows_are=data.draw(labels), columns_are=data.draw(labels)))


def test_a_matrix_says_what_its_rows_and_its_columns_are():
    svg = figures.matrix(["Micro"], ["Small"], [[figures.Square(12, "12")]], rows_are="Before", columns_are="After")
    assert [text for text in ("Before", "After") if f">{text}</text>" not in svg] == []


@unhurried
@given(st.lists(numbers, min_size=1, max_size=30), numbers, numbers)
def test_small_drawings_take_any_numbers(values, value, target):
    for svg in (figures.sparkline(values), figures.bullet(value, target)):
        assert_tidy(svg)
        assert_marks_inside(svg)


@pytest.mark.parametrize(
    "interval",
    [
        (0, 0, 0),
        (5, 5, 5),
        (-3, -4, -2),
        (1e9, 1e9, 1e9),
        (1e9, 1e9 - 1, 1e9 + 1),
        (1e-300, 0, 1e-300),
        (-1e15, -1e15, 1e15),
    ],
)
def test_degenerate_numbers_still_give_a_chart(interval):
    dot = figures.Dot("Baseline", *interval, text="x")
    for svg in (
        figures.dot_interval([dot], axis="baht"),
        figures.dot_interval([dot, dot], axis="baht", reference=interval[0]),
        figures.slope_rounds(["Baseline"], [figures.Line("All", [dot])]),
        figures.sparkline([interval[0]]),
        figures.sparkline(interval),
        figures.bullet(interval[0], interval[1]),
    ):
        assert_tidy(svg)
        assert_marks_inside(svg)


@pytest.mark.parametrize("number", [float("nan"), float("inf"), -float("inf"), 1e16])
def test_numbers_that_no_axis_can_place_are_refused(number):
    dot = figures.Dot("Baseline", number, 0, 1, "x")
    with pytest.raises(ValueError, match="Baseline"):
        figures.dot_interval([dot], axis="")
    with pytest.raises(ValueError, match="Baseline"):
        figures.slope_rounds(["Baseline"], [figures.Line("All", [dot])])
    with pytest.raises(ValueError, match="reference"):
        figures.dot_interval([figures.Dot("Sales", 1, 0, 2, "1")], axis="", reference=number)
    with pytest.raises(ValueError, match="Leave it out or hide it"):
        figures.sparkline([1.0, number])
    with pytest.raises(ValueError, match="target"):
        figures.bullet(1.0, number)
    with pytest.raises(ValueError, match="Leave it out"):
        figures.matrix(["a"], ["b"], [[figures.Square(number, "x")]])


def test_empty_charts_are_refused():
    for draw in (
        lambda: figures.funnel([]),
        lambda: figures.dot_interval([], axis=""),
        lambda: figures.slope_rounds([], []),
        lambda: figures.matrix([], [], []),
        lambda: figures.sparkline([]),
    ):
        with pytest.raises(ValueError, match="at least one"):
            draw()


def test_a_matrix_with_a_missing_cell_or_a_negative_count_is_refused():
    with pytest.raises(ValueError, match="as many cells"):
        figures.matrix(["a", "b"], ["c"], [[figures.Square(1, "1")]])
    with pytest.raises(ValueError, match="negative"):
        figures.matrix(["a"], ["c"], [[figures.Square(-1, "1")]])


def test_a_dot_of_an_unknown_round_is_refused():
    line = figures.Line("All", [figures.Dot("Month 9", 1, 0, 2, "1")])
    with pytest.raises(ValueError, match="Month 9"):
        figures.slope_rounds(["Baseline", "Month 3"], [line])


def test_a_hidden_count_has_its_text_and_no_bar():
    bars = [figures.Step("Registered", 40, "40"), figures.Step("Answered", None, "<10")]
    assert marks(figures.funnel(bars)) == marks(figures.funnel(bars[:1]))
    assert "<10" in texts(figures.funnel(bars))


def test_a_hidden_value_has_its_text_and_no_dot():
    shown, hidden = figures.Dot("Ranong", 5, 4, 6, "5%"), figures.Dot("Trat", None, None, None, "<10")
    with_hidden, without = (figures.dot_interval(each, axis="") for each in ([shown, hidden], [shown]))
    assert marks(with_hidden) == marks(without)
    assert "<10" in texts(with_hidden)
    assert not marks(figures.dot_interval([hidden], axis=""))


def test_numbers_beside_a_hidden_value_are_not_drawn_either():
    hidden = figures.Dot("Trat", None, 4, 6, "<10")
    assert not marks(figures.dot_interval([hidden], axis=""))
    assert not marks(figures.slope_rounds(["Trat"], [figures.Line("All", [hidden])]))


def test_a_line_is_interrupted_where_a_value_is_hidden():
    rounds = ["Baseline", "Month 3", "Month 12"]
    known = [figures.Dot(each, 5, 4, 6, "5%") for each in rounds]
    hidden = figures.Dot("Month 3", None, None, None, "<10")
    whole = figures.slope_rounds(rounds, [figures.Line("All", known)])
    interrupted = figures.slope_rounds(rounds, [figures.Line("All", [known[0], hidden, known[2]])])
    assert (marks(whole).count("polyline"), marks(whole).count("circle")) == (2, 3)
    assert (marks(interrupted).count("polyline"), marks(interrupted).count("circle")) == (0, 2)
    assert "<10" in texts(interrupted)


def test_a_hidden_cell_has_no_ground_and_no_part_in_the_shares_of_its_row():
    titles = ["Micro", "Small", "Medium"]
    shown = [figures.Square(3, "3"), figures.Square(1, "1")]
    svg = figures.matrix(["Micro"], titles, [[*shown, figures.Square(None, "<10")]])
    grounds = [each.attrib["fill"] for each in parsed(svg).iter(f"{SVG}rect")]
    assert grounds == [mixed(drawing.WASH, drawing.TREATED, share) for share in (0.75, 0.25)]
    assert "<10" in texts(svg)


def test_words_are_escaped_and_what_xml_may_not_hold_is_left_out():
    words = "<script>&\x00\x0b\ud800"
    dot = figures.Dot(words, 1, 0, 2, words)
    for svg in (
        figures.funnel([figures.Step(words, 1, words)]),
        figures.dot_interval([dot], axis=words),
        figures.slope_rounds([words], [figures.Line(words, [dot])]),
        figures.matrix([words], [words], [[figures.Square(1, words)]]),
    ):
        assert "<script>&" in "".join(texts(svg))
        assert "<script>" not in svg


def test_the_same_input_gives_the_same_drawing():
    drawn = [figures.Dot(label, place, place - 1, place + 1, "x") for place, label in enumerate(LABELS)]
    assert figures.dot_interval(drawn, axis="x") == figures.dot_interval(drawn, axis="x")


def test_two_arms_differ_without_colour():
    rounds = ["Baseline", "Month 3"]
    lines = [figures.Line(arm, [figures.Dot(each, 5, 4, 6, "5%") for each in rounds]) for arm in ("Treated", "Others")]
    svg = figures.slope_rounds(rounds, lines)
    dashes = {each.attrib.get("stroke-dasharray", "") for each in parsed(svg).iter(f"{SVG}polyline")}
    hollow = {each.attrib["fill"] for each in parsed(svg).iter(f"{SVG}polygon")}
    filled = {each.attrib["fill"] for each in parsed(svg).iter(f"{SVG}circle")}
    assert len(dashes) == 2
    assert (filled, hollow) == ({drawing.TREATED}, {drawing.PAPER})


def test_the_arms_keep_their_looks_beside_the_line_of_all():
    rounds = ["Baseline", "Month 3"]
    lines = [figures.Line(arm, [figures.Dot(each, 5, 4, 6, "5%") for each in rounds]) for arm in "abc"]
    svg = figures.slope_rounds(rounds, lines)
    colours = [each.attrib["stroke"] for each in parsed(svg).iter(f"{SVG}polyline")]
    assert colours == [drawing.ACCENT, drawing.TREATED, drawing.COMPARISON]


def test_lines_have_their_names_and_their_first_and_last_values():
    rounds = ["Baseline", "Month 3", "Month 12"]
    dots = [figures.Dot(each, place, place - 1, place + 1, f"{place}%") for place, each in enumerate(rounds, 5)]
    found = texts(figures.slope_rounds(rounds, [figures.Line("Treated", dots)]))
    assert {"Treated", "5%", "7%", *rounds} <= set(found)
    assert "6%" not in found


def test_one_huge_interval_ends_in_arrows_and_leaves_the_others_their_room():
    narrow = [figures.Dot(str(place), place, place - 2, place + 2, "x") for place in range(5)]
    huge = figures.Dot("huge", 3, -500, 700, "3")
    svg = figures.dot_interval([*narrow, huge], axis="")
    assert marks(svg).count("polygon") == 2
    assert sensible_range([each.interval for each in [*narrow, huge]]) == (-9.0, 15.0)


def test_a_value_far_off_the_scale_is_an_arrow_not_a_dot():
    near = [figures.Dot(str(place), place, place - 2, place + 2, "x") for place in range(5)]
    svg = figures.dot_interval([*near, figures.Dot("far", 5000, 4999, 5001, "5,000")], axis="")
    assert (marks(svg).count("circle"), marks(svg).count("polygon")) == (5, 1)
    assert "5,000" in texts(svg)


def test_intervals_of_unlike_but_ordinary_widths_are_not_clipped():
    intervals = [interval_of(4, 2, 6, ""), interval_of(5, 3, 7, ""), interval_of(60, 50, 70, "")]
    assert sensible_range(intervals) == (0.0, 70)


@pytest.mark.parametrize(
    ("low", "high", "ticks"),
    [
        (0, 100, ["0", "20", "40", "60", "80", "100"]),
        (-0.3, 0.2, ["−0.3", "−0.2", "−0.1", "0.0", "0.1", "0.2"]),
        (0, 2_400_000, ["0", "500,000", "1,000,000", "1,500,000", "2,000,000", "2,500,000"]),
    ],
)
def test_ticks_are_round_numbers_with_commas_and_a_true_minus(low, high, ticks):
    axis = upwards(low, high, 100, 0)
    assert [axis.label(tick) for tick in axis.ticks] == ticks


def test_an_axis_that_round_ends_would_make_far_too_long_ends_with_the_data():
    axis = across(-69_000, 1_900_000, 0, 95)
    assert (axis.low > -200_000, axis.high < 2_100_000) == (True, True)
    assert axis.ticks[0] == 0


def test_minus_zero_is_zero():
    assert plain(-0.0001, 1) == "0.0"


def test_a_narrow_axis_has_fewer_ticks():
    wide, narrow = across(0, 1e9, 0, 400), across(0, 1e9, 0, 120)
    assert len(wide.ticks) > len(narrow.ticks) >= 2


@unhurried
@given(st.lists(st.tuples(st.floats(0, 100), st.floats(1, 30)), min_size=1, max_size=8))
def test_blocks_make_way_without_leaving_their_column(blocks):
    middles, heights = zip(*blocks, strict=True)
    places = make_way(middles, heights, 0, 300)
    edges = sorted((place - height / 2, place + height / 2) for place, height in zip(places, heights, strict=True))
    assert edges[0][0] >= -1e-6 and edges[-1][1] <= 300 + 1e-6
    assert all(one[1] <= other[0] + 1e-6 for one, other in pairwise(edges))


def test_blocks_that_are_apart_stay_where_they_are():
    assert make_way([80, 10, 40], [10, 10, 10], 0, 100) == [80, 10, 40]


@pytest.mark.parametrize("label", LABELS)
@pytest.mark.parametrize("lines", [1, 2, 3])
def test_a_label_keeps_to_its_width_and_lines(label, lines):
    broken = fit(label, 90, 9, lines=lines)
    assert len(broken) <= lines
    assert all(text_width(line, 9) <= 90 for line in broken)


def test_a_short_label_is_whole():
    assert fit("ยอดขายต่อเดือน", 200, 9) == ["ยอดขายต่อเดือน"]


def test_thai_breaks_neither_before_a_mark_nor_after_a_leading_vowel():
    for width in range(20, 160, 7):
        for line in fit(LONG_THAI, width, 9, lines=3):
            assert not re.match("[\u0e30-\u0e3a\u0e45-\u0e4e]", line)
            assert not re.search("[เ-ไ]$", line.removesuffix("…")) or line.endswith("…")


def test_thai_breaks_before_a_word_rather_than_inside_one():
    assert fit("กำไรสุทธิต่อเดือนหลังหักต้นทุนและค่าจ้าง", 110, 9) == ["กำไรสุทธิต่อเดือน", "หลังหักต้นทุนและค่าจ้าง"]


def test_english_breaks_at_spaces():
    assert fit("Net monthly profit after costs", 80, 9) == ["Net monthly", "profit after costs"]


def test_what_does_not_fit_ends_in_an_ellipsis():
    assert fit(LONG, 60, 9)[-1].endswith("…")
    assert fit(THAI, 60, 9, lines=1)[0].endswith("…")


@pytest.mark.parametrize("percent", range(101))
def test_text_can_be_read_on_every_ground(percent):
    ground = mixed(drawing.WASH, drawing.TREATED, percent / 100)
    assert contrast(legible(ground), ground) >= 4.5


def test_the_colours_are_those_of_the_style_sheet():
    css = (Path(reports.__file__).parent / "styles" / "1-tokens.css").read_text(encoding="utf-8")
    declared = dict(re.findall(r"--(\w+): (#\w{6});", css))
    for name in ("ink", "muted", "grid", "paper", "wash", "treated", "comparison", "accent"):
        assert getattr(drawing, name.upper()) == declared[name], name


def test_text_is_at_least_eight_points_at_the_width_of_the_page():
    bars = figures.funnel([figures.Step(label, 3, "3") for label in LABELS])
    rounds = figures.slope_rounds(["a"], [figures.Line("All", [figures.Dot("a", 1, 0, 2, "1")])])
    for svg in (bars, rounds):
        assert float(parsed(svg).attrib["viewBox"].split()[2]) == pytest.approx(170 / 25.4 * 72, abs=0.5)
        assert all(float(each.attrib["font-size"]) >= 8 for each in parsed(svg).iter(f"{SVG}text"))
