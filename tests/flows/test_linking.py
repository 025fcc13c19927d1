"""People on their way through a refresh: found by ids, numbers, chances and a person's word."""

import csv
import shutil
import subprocess
import sys

import pytest

from flows.declared import link_review_of, programme_named, warehouse_of
from flows.pull import pull
from flows.refresh import refresh
from flows.settings import settings
from transforms.errors import ProgrammeError
from transforms.synthetic.names import FAMILIES, MEN, WOMEN

NAME = "village"
LINKING = """
[linking]
name = ["full_name"]
phone = "phone"
birth_year = "birth_year"
"""
ASKED = """
full_name = { path = "name", type = "text", identity = true, title = { th = "ชื่อ", en = "Full name" } }
phone = { path = "phone", type = "phone", identity = true, title = { th = "โทรศัพท์", en = "Phone" } }
birth_year = { path = "birth_year", type = "year", title = { th = "ปีเกิด", en = "Year of birth" } }
"""
NATIONAL_ID = """\
national_id = { path = "national_id", type = "national_id", identity = true, title = { th = "เลข", en = "Number" } }
"""
PEOPLE = [  # participant_id, name, phone, consent, date, session, birth_year, sales, online, sex
    ("P1", "นายสมศักดิ์ แก้วทะเล", "0811111111", 1970),
    ("P2", "นางวรรณา ควนทอง", "0822222222", 1980),
    ("P3", "นายวรชาติ ควนทอง", "0822222222", 1978),  # shares the telephone with P2
    ("P4", "นางสาวอำไพ หาดทองคำ", "0844444444", 1990),
    ("P5", "นายณรงค์ วังปลา", "0855555555", 1965),
    ("P6", "นายณรงค์ วังปลา", "0866666666", 1950),  # another of the same name
    ("P7", "อำไพ  หาดทองคำ", "0844444444", 1990),  # P4 again, in another course
]
PEOPLE += [  # whom nobody calls; among a handful of people every name would be common
    (f"Q{i}", f"{first} {last}", f"08700000{i:02}", 1950 + i)
    for i, (first, last) in enumerate(zip(WOMEN[:20] + MEN[:20], FAMILIES[:20] + FAMILIES[5:25], strict=True))
    if first not in ("วรรณา", "อำไพ", "ณรงค์")
]
CALLS = [
    ("P1", "", "", ""),
    ("", "Mr. Somsak Kaewthale", "0811111111", 1970),
    ("", "วรรณา แก้วใหม่", "0822222222", 1980),  # married
    ("", "อำไพ หาดทองคำ", "0844444444", 1990),
    ("", "ณรงค์ วังปลา", "", ""),  # which of the two?
    ("", "นายไม่เคยมา ที่ไหนเลย", "0899999999", 2000),
]


def write(path, head, rows):
    with path.open("w", newline="", encoding="utf-8") as file:
        csv.writer(file).writerows([head, *rows])


@pytest.fixture
def village(village):
    """A programme whose follow-ups mostly bring no id."""
    for sample in (village / "inbox").glob("*.csv"):
        sample.unlink()
    declared = village / "programme.toml"
    declared.write_text(declared.read_text(encoding="utf-8") + LINKING, encoding="utf-8")
    forms = village / "forms.toml"
    before, marker, after = forms.read_text(encoding="utf-8").partition("[forms.follow_up.questions]\n")
    forms.write_text(before + marker + ASKED.lstrip() + after, encoding="utf-8")
    head = ["participant_id", "name", "phone", "consent", "date", "session", "birth_year", "sales_last_month"]
    rows = [(p, n, t, "yes", "2025-01-10", f"S{i % 2}", y, 1000) for i, (p, n, t, y) in enumerate(PEOPLE)]
    write(village / "inbox" / "registration_1.csv", [*head, "sells_online", "sex"], [(*r, "no", "F") for r in rows])
    head = ["participant_id", "name", "phone", "birth_year", "date", "sales_last_month", "sells_online"]
    write(
        village / "inbox" / "follow_up_m6_1.csv",
        [*head, "contact_result"],
        [(*c, "2025-07-10", 2000, "yes", "completed") for c in CALLS],
    )
    pull(NAME)
    return village


def add_column(path, name, start, answer):
    """Adds a column that is empty but in the lines that start so."""
    head, *rows = path.read_text(encoding="utf-8").splitlines()
    answered = (f"{row},{answer if row.startswith(start) else ''}" for row in rows)
    path.write_text("\n".join([f"{head},{name}", *answered, ""]), encoding="utf-8")


def table(name):
    with warehouse_of(programme_named(NAME)).open() as reader:
        return reader.sql(f"select * from {name} order by all")


def counted(kind):
    methods = table("link_methods").filter(kind=kind)
    return dict(methods.select("method", "submissions").rows())


def decide(same):
    """Writes one answer into every line about a follow-up."""
    path = link_review_of(programme_named(NAME)).path
    with path.open(encoding="utf-8-sig", newline="") as file:
        lines = list(csv.DictReader(file))
    for line in lines:
        line.update(same=same(line), by="S.K.", on="2026-06-02")
    with path.open("w", encoding="utf-8-sig", newline="") as file:
        rows = csv.DictWriter(file, lines[0])
        rows.writeheader()
        rows.writerows(lines)


def test_people_are_found_without_their_id_and_the_doubtful_wait(village):
    refresh(NAME)
    methods = counted("follow_up")
    assert methods == {"participant_id": 1, "phone": 2, "probable": 1, "doubtful": 1, "unmatched": 1}
    assert dict(table("link_review").rows())["waiting"] >= 2


def test_a_person_with_two_ids_is_one_person_with_two_enrolments(village):
    refresh(NAME)
    assert table("enrolments").height == len(PEOPLE)
    assert table("enrolments")["participant"].n_unique() == len(PEOPLE) - 1
    assert counted("registration") == {"probable": 1}


def test_a_name_and_a_year_alone_join_no_registrations_without_a_persons_word(village):
    path = village / "inbox" / "registration_1.csv"
    lines = path.read_text(encoding="utf-8").splitlines(keepends=True)
    lines = [line.replace("0844444444", "") if line.startswith("P7") else line for line in lines]
    path.with_name("registration_2.csv").write_text("".join(lines), encoding="utf-8")
    path.unlink()
    pull(NAME)
    refresh(NAME)
    assert counted("registration") == {}
    decide(lambda line: "yes" if line["kind"] == "registration" else "no")
    refresh(NAME)
    assert counted("registration") == {"reviewed": 1}
    assert table("enrolments")["participant"].n_unique() == len(PEOPLE) - 1


@pytest.mark.parametrize(
    ("number", "methods"),
    [
        ("", {"phone": 3, "doubtful": 1}),
        ("1000000000009", {"phone": 2, "doubtful": 1, "national_id": 1}),
        ("1100000000008", {"phone": 2, "doubtful": 2}),
    ],
)
def test_who_gives_another_national_id_is_not_linked_by_telephone_name_and_year(village, number, methods):
    changes = {
        "programme.toml": ("\n[linking]\n", '\n[linking]\nnational_id = "national_id"\n'),
        "forms.toml": ("questions]\n", f"questions]\n{NATIONAL_ID}"),
    }
    for name, (old, new) in changes.items():
        text = (village / name).read_text(encoding="utf-8")
        (village / name).write_text(text.replace(old, new), encoding="utf-8")
    add_column(village / "inbox" / "registration_1.csv", "national_id", "P5,", "1000000000009")
    follow_ups = village / "inbox" / "follow_up_m6_1.csv"
    with follow_ups.open("a", encoding="utf-8", newline="") as file:
        file.write(",ณรงค์ วังปลา,0855555555,1965,2025-07-10,2000,yes,completed\n")
    add_column(follow_ups, "national_id", ",ณรงค์ วังปลา,0855555555", number)
    shutil.rmtree(settings().landing(NAME))
    pull(NAME)
    refresh(NAME)
    assert counted("follow_up") == {"participant_id": 1, "probable": 1, "unmatched": 1} | methods


def test_a_persons_word_is_obeyed_by_every_later_run(village):
    before = refresh(NAME)
    decide(lambda line: "yes" if line["other_birth_year"] == "1965" else "no")
    assert refresh(NAME) != before
    methods = counted("follow_up")
    assert methods["reviewed"] == 1
    assert "doubtful" not in methods
    answered = table("responses").filter(round="m6", answered=True)
    assert sorted(answered["birth_year"].to_list())[0] == 1965
    assert dict(table("link_review").rows())["gone"] == 0


def test_what_waits_does_not_make_the_next_night_build_again(village):
    assert refresh(NAME) == refresh(NAME)


def test_names_stay_in_the_vault(village, caplog):
    refresh(NAME)
    assert "วังปลา" in link_review_of(programme_named(NAME)).path.read_text(encoding="utf-8-sig")
    assert "วังปลา" not in caplog.text
    with warehouse_of(programme_named(NAME)).open() as reader:
        for name in ("responses", "enrolments", "rejects", "link_methods", "link_review"):
            assert "วังปลา" not in str(reader.sql(f"select * from {name}").to_dicts())
    assert list(settings().state.rglob("*.tmp")) == []


def test_without_linking_a_follow_up_without_id_is_set_aside(village):
    declared = village / "programme.toml"
    declared.write_text(declared.read_text(encoding="utf-8").replace(LINKING, ""), encoding="utf-8")
    refresh(NAME)
    rules = table("rejects").filter(source="follow_up_m6")["rule"].to_list()
    assert rules == ["missing_required"] * (len(CALLS) - 1)
    assert counted("follow_up") == {"participant_id": 1}
    assert counted("registration") == {}


@pytest.mark.parametrize(
    ("wrong", "told"),
    [
        ('name = ["full_nam"]', 'name = "full_nam" is no question of the registration'),
        ('phone = "full_name"', 'phone = "full_name" has type = "text"; it must be one of phone'),
        ('birth_year = "birth_year"', "it names nobody"),
        ('phone = "phone"\nsure = 0.6\ndoubtful = 0.7', "doubtful = 0.7 is not below sure = 0.6"),
    ],
)
def test_mistakes_are_found_on_loading(village, wrong, told):
    declared = village / "programme.toml"
    text = declared.read_text(encoding="utf-8").replace(LINKING, f"\n[linking]\n{wrong}\n")
    declared.write_text(text, encoding="utf-8")
    with pytest.raises(ProgrammeError, match="linking") as error:
        programme_named(NAME)
    assert told in str(error.value)


@pytest.mark.parametrize(("linking", "loaded"), [("", "False"), (LINKING, "True")])
def test_a_refresh_loads_splink_only_where_people_are_linked(village, linking, loaded):
    declared = village / "programme.toml"
    declared.write_text(declared.read_text(encoding="utf-8").replace(LINKING, linking), encoding="utf-8")
    code = f"import sys; from flows.refresh import refresh; refresh('{NAME}'); print('splink' in sys.modules)"
    run = subprocess.run([sys.executable, "-c", code], check=True, capture_output=True, text=True)
    assert run.stdout.split()[-1] == loaded


def test_splink_is_not_loaded_with_the_command_line():
    code = "import flows.refresh, flows.linking, sys; sys.exit('splink' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
