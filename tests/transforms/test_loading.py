"""Broken programme folders: each is the starter, broken in one way. Every message names file, field and remedy."""

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from transforms.errors import ProgrammeError
from transforms.loading import FILES, load_programme

STARTER = Path(__file__).parents[2] / "flows" / "starter_files"
SIZE_RULE = """
[size_rule]
title = { th = "ขนาด", en = "Size" }
revenue = "sales"
workers = "birth_year"
sector = "sex"
sizes = [{ value = "micro", title = { th = "ก", en = "a" } }, { value = "small", title = { th = "ข", en = "b" } }]
limits = [
    { size = "micro", sectors = ["female"], revenue = 10, workers = 5 },
    { size = "small", sectors = ["female"], revenue = 20, workers = 9 },
]
"""
LIBRARIES_WORDS = ("input should", "validation error", "pydantic", "constrained", "field required", "polars", "Error")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return Path(shutil.copytree(STARTER, tmp_path / "starter"))


def replaced(file: str, *pairs: str) -> Callable[[Path], None]:
    """Breaks a file by replacing the first of each old text, which must be there, by the new one after it."""

    def breaks(folder: Path) -> None:
        text = (folder / file).read_text(encoding="utf-8")
        for old, new in zip(pairs[::2], pairs[1::2], strict=True):
            assert old in text, f"the starter has no {old!r} any more: mend this test"
            text = text.replace(old, new, 1)
        (folder / file).write_text(text, encoding="utf-8")

    return breaks


def appended(file: str, text: str) -> Callable[[Path], None]:
    def breaks(folder: Path) -> None:
        with (folder / file).open("a", encoding="utf-8") as open_file:
            open_file.write(text)

    return breaks


def also_asked(name: str, fields: str) -> Callable[[Path], None]:
    """Adds a question to the registration."""
    words = 'title = { th = "ก", en = "a" }'
    return replaced(forms, "sells_online = {", f'{name} = {{ path = "new", {fields}, {words} }}\nsells_online = {{')


def mistakes(folder: Path) -> tuple[str, ...]:
    with pytest.raises(ProgrammeError) as raised:
        load_programme(folder)
    return raised.value.mistakes


programme, forms, indicators = FILES
FOLLOW_UP_SALES = '''en = "Day of the answer" } }
sales = { path = "sales_last_month", type = "money"'''
M6 = 'form = "follow_up"\nround = "m6"'

HOUSEHOLD = 'sales = { path = "sales_last_month",'
RULE = 'holds = "sales > 0 or not sells_online"'
AGES = 'sales = { path = "household/member",'
SUM_OF_AGES = f'{AGES} each = "age", combine = "sum",'

BROKEN: dict[str, tuple[Callable[[Path], None], str, str, str]] = {
    # how it is broken: the breaking, the file, the field named, the remedy offered
    "an unknown field": (
        replaced(programme, 'kind = "before_after"', 'kind = "before_after"\nclutser = "session"'),
        programme, "unknown field 'clutser'", "cluster",
    ),
    "a length of time that is none": (
        replaced(programme, M6, f'{M6}\nfresh_within = "3 dyas"'),
        programme, "source 'follow_up_m6': fresh_within = \"3 dyas\" is no length of time", '"3 days"',
    ),
    "no time at all": (
        replaced(programme, M6, f'{M6}\nfresh_within = "0 days"'),
        programme, 'fresh_within = "0 days"', "above 0",
    ),
    "a length of time without its unit": (
        replaced(programme, M6, f"{M6}\nfresh_within = 3"),
        programme, "fresh_within = 3 is of the wrong kind", "text in quotes",
    ),
    "a time to keep people that is none": (
        appended(programme, '\n[retention]\nafter = "5 weeks"\n'),
        programme, 'retention: after = "5 weeks" is no length of time', '"5 years"',
    ),
    "people gone before they are asked": (
        appended(programme, '\n[retention]\nafter = "5 months"\n'),
        programme, "shorter than 6 months, the end of round 'm6'", "Make it longer",
    ),
    "people gone before a window has ended": (
        replaced(
            programme, "# window = [4, 9]", "window = [4, 9]",
            "[disclosure]", '[retention]\nafter = "250 days"\n[disclosure]',
        ),
        programme, "shorter than 9 months", "Make it longer",
    ),
    "a covariate that is not known of everybody": (
        appended(programme, '\n[weights]\ncovariates = ["sexx"]\n'),
        programme, "weights: covariates: 'sexx' is not known of everybody", "sex",
    ),
    "a covariate that nobody shares": (
        appended(programme, '\n[weights]\ncovariates = ["registered_on"]\n'),
        programme, "weights: covariates: 'registered_on' has type = \"date\"", "Name another",
    ),
    "weights without a covariate": (
        appended(programme, "\n[weights]\n"),
        programme, "weights: covariates is empty", 'nonresponse = "none"',
    ),
    "a way to weight that there is not": (
        appended(programme, '\n[weights]\nnonresponse = "logit"\n'),
        programme, 'nonresponse = "logit"', "propensity_strata",
    ),
    "a base weight that may be missing": (
        appended(programme, '\n[weights]\ncovariates = ["sex"]\nbase = "sales"\n'),
        programme, 'weights: base = "sales" must be a number above 0', "required = true",
    ),
    "a base weight that is not asked": (
        appended(programme, '\n[weights]\ncovariates = ["sex"]\nbase = "weight"\n'),
        programme, 'weights: base = "weight" is no question', "There are none",
    ),
    "a margin by what is no profile": (
        appended(programme, '\n[weights]\ncovariates = ["sex"]\nmargins = [{ by = "sales" }]\n'),
        programme, 'weights: margins: by = "sales" is not a profile column', "sex",
    ),
    "a margin without all its totals": (
        appended(programme, '\n[weights]\ncovariates = ["sex"]\nmargins = [{ by = "sex", totals = { female = 4 } }]\n'),
        programme, "the totals of sex lack 'male'", "every choice",
    ),
    "a margin's total of no choice": (
        appended(programme, '\n[weights]\ncovariates = ["sex"]\nmargins = [{ by = "sex", totals = { femal = 4 } }]\n'),
        programme, "totals: 'femal' is no choice of sex", "female",
    ),
    "a margin given twice": (
        appended(programme, '\n[weights]\ncovariates = ["sex"]\nmargins = [{ by = "sex" }, { by = "sex" }]\n'),
        programme, "margins: 'sex' is given twice", "Leave one",
    ),
    "a required field misspelt": (
        replaced(indicators, 'statistic = "money"', 'statistc = "money"'),
        indicators, "indicator 'sales': unknown field 'statistc'", "statistic",
    ),
    "an unknown field of an indicator": (
        replaced(indicators, "smallest_effect = 0.05", "smalest_effect = 0.05"),
        indicators, "indicator 'sells_online': unknown field 'smalest_effect'", "smallest_effect",
    ),
    "an unknown table in another file": (
        replaced(indicators, "[indicators.sales]", "[indicator.sales]"),
        indicators, "unknown table 'indicator'", "indicators",
    ),
    "a table in the wrong file": (
        appended(programme, "[indicators.extra]\n"),
        programme, "table 'indicators'", "Move it",
    ),
    "a misspelt statistic": (
        replaced(indicators, 'statistic = "proportion"', 'statistic = "propotion"'),
        indicators, 'statistic = "propotion"', "proportion",
    ),
    "a misspelt way to combine": (
        replaced(forms, HOUSEHOLD, f'{AGES} each = "age", combine = "summ",'),
        forms, 'combine = "summ"', "sum",
    ),
    "a repeated group's question without a way to combine": (
        replaced(forms, HOUSEHOLD, f'{AGES} each = "age",'),
        forms, "question 'sales': each goes with combine", 'Add combine = "count"',
    ),
    "a sum of nothing named": (
        replaced(forms, HOUSEHOLD, f'{AGES} combine = "sum",'),
        forms, "question 'sales': combine = \"sum\" needs each", 'each = "age"',
    ),
    "a mean that is an amount of text": (
        replaced(forms, HOUSEHOLD, f'{AGES} each = "age", combine = "list",'),
        forms, 'combine = "list" does not give a money', '"text" or "code"',
    ),
    "each with the whole path": (
        replaced(forms, HOUSEHOLD, f'{AGES} each = "household/member/age", combine = "sum",'),
        forms, "each begins with path", 'each = "age"',
    ),
    "each without a name": (
        replaced(forms, HOUSEHOLD, f'{AGES} each = "work/", combine = "sum",'),
        forms, 'each = "work/" is no path', 'each = "age"',
    ),
    "a path into a repeated group": (
        replaced(forms, HOUSEHOLD, SUM_OF_AGES, 'path = "name"', 'path = "household/member/name"'),
        forms, "question 'full_name': path = \"household/member/name\" is asked in the repeated group",
        'each = "name"',
    ),
    "a repeated group within another": (
        replaced(
            forms, HOUSEHOLD, SUM_OF_AGES,
            'path = "birth_year", type = "year"',
            'path = "household/member/visit", type = "integer", combine = "count"',
        ),
        forms, "a repeated group within the repeated group \"household/member\"", "One level is read",
    ),
    "a key made of several answers": (
        replaced(
            forms, HOUSEHOLD, SUM_OF_AGES,
            'key = ["participant_id", "session"]', 'key = ["participant_id", "sales"]',
        ),
        forms, "question 'sales': it is in the form's key", "Take it out of key",
    ),
    "a misspelt question type": (
        replaced(forms, 'path = "date", type = "date"', 'path = "date", type = "dat"'),
        forms, 'type = "dat"', "date",
    ),
    "a missing file": (
        lambda folder: (folder / forms).unlink(),
        forms, "the file is missing", "impact new",
    ),
    "a line that is no TOML": (
        replaced(programme, 'id = "starter"', "id = starter"),
        programme, "line 6", "Mend that line",
    ),
    "text that is no UTF-8": (
        lambda folder: (folder / forms).write_bytes("ชื่อ".encode("cp874")),
        forms, "not UTF-8", "Save it as UTF-8",
    ),
    "a title without Thai": (
        replaced(programme, 'th = "ชื่อโครงการ"\n', ""),
        programme, "title: the field 'th' is missing", "Add it",
    ),
    "an empty title": (
        replaced(programme, 'en = "Name of the programme"', 'en = ""'),
        programme, "title: en is empty", "Write its words",
    ),
    "a number for words": (
        replaced(programme, 'en = "Name of the agency"', "en = 7"),
        programme, "agency: en = 7", "text in quotes",
    ),
    "words for true or false": (
        replaced(forms, "identity = true, required = true", 'identity = "often", required = true'),
        forms, 'identity = "often"', "true or false",
    ),
    "words for a date": (
        replaced(programme, "start = 2024-10-01", 'start = "October"'),
        programme, 'start = "October"', "2024-10-01",
    ),
    "one word for a list": (
        replaced(programme, 'answered = ["completed"]', 'answered = "completed"'),
        programme, 'contact: answered = "completed"', "square brackets",
    ),
    "words for a table": (
        replaced(programme, 'title = { th = "ลงทะเบียน", en = "Registration" }', 'title = "Registration"'),
        programme, 'rounds, number 1: title = "Registration"', "{ th = ..., en = ... }",
    ),
    "a path that is neither a heading nor a list": (
        replaced(forms, 'path = "phone"', "path = 5"),
        forms, "question 'phone': path = 5", "text in quotes",
    ),
    "a name with capitals": (
        replaced(indicators, "[indicators.sales]", "[indicators.Sales]"),
        indicators, '"Sales" is no name', "lower-case",
    ),
    "a floor below five": (
        replaced(programme, "floor = 10", "floor = 4"),
        programme, "disclosure: floor = 4", "5 at the least",
    ),
    "no period": (
        replaced(programme, "[[periods]]", "[[rounds]]"),
        programme, "'periods' is missing", "Add it",
    ),
    "a round that is given twice": (
        replaced(programme, 'id = "m6"', 'id = "registration"'),
        programme, "rounds: the id 'registration' is given twice", "unique",
    ),
    "a share of enrolments": (
        replaced(indicators, 'statistic = "proportion"', 'statistic = "proportion"\nrows = "enrolments"'),
        indicators, 'rows = "enrolments" goes with statistic = "count"', "Take rows out",
    ),
    "rounds out of order": (
        replaced(programme, 'short = { th = "เริ่มต้น", en = "Start" }', 'short = { th = "ก", en = "a" }\nmonths = 9'),
        programme, "rounds: 'm6'", "Put them in order",
    ),
    "a period that ends before it starts": (
        replaced(programme, "end = 2025-09-30", "end = 2023-09-30"),
        programme, "period 'fy2568': start = 2024-10-01 is after end = 2023-09-30", "Swap",
    ),
    "a period in the Buddhist era": (
        replaced(programme, "start = 2024-10-01", "start = 2567-10-01"),
        programme, "period 'fy2568': 2567-10-01 is in the Buddhist era", "Take 543 off",
    ),
    "a list of tables under single brackets": (
        lambda folder: (folder / programme).write_text("[rounds]\n[rounds]\n", encoding="utf-8"),
        programme, "line 2", "[[rounds]]",
    ),
    "an entry of a list that is no table": (
        replaced(forms, "choices = [", 'choices = ["other", '),
        forms, "question 'sex', choices: number 1 = \"other\" is of the wrong kind", "curly brackets",
    ),
    "periods that overlap": (
        replaced(
            programme,
            "# ---- Sources",
            '[[periods]]\nid = "y"\ntitle = { th = "ก", en = "a" }\nstart = 2025-01-01\nend = 2025-12-31\n# ----',
        ),
        programme, "periods: 'fy2568' and 'y' overlap", "part them",
    ),
    "a folder of another name": (
        replaced(programme, 'id = "starter"', 'id = "other"'),
        programme, 'id = "other"', "Make them the same",
    ),
    "a time zone that is none": (
        replaced(programme, 'id = "starter"', 'id = "starter"\ntime_zone = "Asia/Bankok"'),
        programme, 'time_zone = "Asia/Bankok"', "Asia/Bangkok",
    ),
    "a source of an unknown form": (
        replaced(programme, 'form = "follow_up"', 'form = "folow_up"'),
        programme, "source 'follow_up_m6': form = \"folow_up\"", "follow_up",
    ),
    "a source of an unknown round": (
        replaced(programme, M6, 'form = "follow_up"\nround = "m9"'),
        programme, "source 'follow_up_m6': round = \"m9\"", "m6",
    ),
    "a follow-up without its round": (
        replaced(programme, M6, 'form = "follow_up"'),
        programme, "source 'follow_up_m6': round is missing", "m6",
    ),
    "a source that leaves the inbox": (
        replaced(programme, '"follow_up_m6*.csv"', '"../../secrets/*.csv"'),
        programme, 'files = "../../secrets/*.csv"', "Name files below it",
    ),
    "a source at an absolute place": (
        replaced(programme, '"follow_up_m6*.csv"', '"/etc/passwd"'),
        programme, 'files = "/etc/passwd"', "Name files below it",
    ),
    "two sources of the same files": (
        replaced(programme, '"follow_up_m6*.csv"', '"registration*.csv"'),
        programme, "already those of 'registration'", "its own files",
    ),
    "no source for the registration": (
        replaced(programme, 'form = "registration"', 'form = "follow_up"\nround = "m6"'),
        programme, "sources: none brings the registration", "Add one",
    ),
    "a breakdown that is no profile column": (
        replaced(programme, 'by = "sex"', 'by = "sells_online"'),
        programme, 'by = "sells_online"', "profile = true",
    ),
    "a breakdown by who people are": (
        replaced(programme, 'by = "sex"', 'by = "full_name"'),
        programme, 'by = "full_name"', "Drop it",
    ),
    "a cluster that is no profile column": (
        replaced(programme, 'cluster = "session"', 'cluster = "sesion"'),
        programme, 'design: cluster = "sesion"', "session",
    ),
    "a treatment without arms": (
        replaced(programme, 'cluster = "session"', 'treatment = "sells_online"'),
        programme, "design: a treatment needs arms", "Add arms",
    ),
    "a comparison without a treatment": (
        replaced(programme, 'kind = "before_after"\n', 'kind = "matched"\n'),
        programme, 'design: kind = "matched"', "before_after",
    ),
    "an unknown result of a contact": (
        replaced(programme, 'closed = ["closed_business"]', 'closed = ["close_business"]'),
        programme, "contact: closed: 'close_business'", "closed_business",
    ),
    "a contact that nobody is asked for": (
        replaced(forms, "[forms.follow_up.questions.contact_result]", "[forms.follow_up.questions.result]"),
        programme, "contact: no form asks 'contact_result'", "Add the question",
    ),
    "a size that is not listed": (
        appended(programme, SIZE_RULE.replace('size = "small"', 'size = "smal"')),
        programme, 'size_rule: limits: size = "smal"', "small",
    ),
    "sizes that do not grow": (
        appended(programme, SIZE_RULE.replace("revenue = 20", "revenue = 2")),
        programme, "size_rule: limits: in 'female', 'micro'", "smallest up",
    ),
    "a size by an unknown question": (
        appended(programme, SIZE_RULE.replace('workers = "birth_year"', 'workers = "workers"')),
        programme, 'size_rule: workers = "workers"', "Allowed",
    ),
    "two registrations": (
        replaced(forms, 'kind = "follow_up"', 'kind = "registration"'),
        forms, 'kind = "registration" is declared by 2 forms', "exactly one",
    ),
    "no registration": (
        replaced(forms, 'kind = "registration"', 'kind = "follow_up"'),
        forms, 'kind = "registration" is declared by 0 forms', "exactly one",
    ),
    "a form without the participant": (
        replaced(forms, "participant_id = {", "person = {"),
        forms, "question 'participant_id' is missing", "add it",
    ),
    "an empty key": (
        replaced(forms, 'key = ["participant_id"]', "key = []"),
        forms, "form 'follow_up': key is empty", "Name the questions",
    ),
    "a key of an unknown question": (
        replaced(forms, 'key = ["participant_id", "session"]', 'key = ["participant_id", "sesion"]'),
        forms, "key uses 'sesion'", "session",
    ),
    "a choice without choices": (
        replaced(forms, 'path = "sells_online", type = "boolean"', 'path = "sells_online", type = "choice"'),
        forms, 'question \'sells_online\': type = "choice" needs choices', "Add choices",
    ),
    "choices of a question that has none": (
        replaced(forms, 'path = "sex"\ntype = "choice"', 'path = "sex"\ntype = "text"'),
        forms, "question 'sex': choices go with", "Change the type",
    ),
    "a spelling of two choices": (
        replaced(forms, 'accepts = ["ชาย", "M"]', 'accepts = ["ชาย", "F"]'),
        forms, "\"F\" is read both as 'female' and as 'male'", "Leave it with one",
    ),
    "an unknown kind of source": (
        replaced(programme, 'kind = "file_drop"', 'kind = "odk_centrl"'),
        programme, 'sources, number 1: kind = "odk_centrl"', "odk_central",
    ),
    "a source without a kind": (
        replaced(programme, 'kind = "file_drop"\n', ""),
        programme, "sources, number 1: the field 'kind' is missing", "postgres",
    ),
    "a field that another kind of source has": (
        replaced(programme, 'kind = "file_drop"\n', 'kind = "file_drop"\nwatermark = "at"\n'),
        programme, "sources, number 1: unknown field 'watermark'", "Allowed",
    ),
    "a minimum above the maximum": (
        replaced(forms, "minimum = 1925, maximum = 2015", "minimum = 2015, maximum = 1925"),
        forms, "question 'birth_year': minimum = 2015 is above maximum = 1925", "Swap",
    ),
    "a limit that is a Buddhist year": (
        replaced(forms, 'type = "year", minimum = 1925', 'type = "year", minimum = 2468'),
        forms, "question 'birth_year': minimum = 2468 is a Buddhist year", "take 543 off",
    ),
    "a heading used twice": (
        replaced(forms, 'path = "phone"', 'path = "name"'),
        forms, "question 'phone': path = \"name\"", "its own heading",
    ),
    "a district of an unknown province": (
        replaced(forms, 'type = "phone"', 'type = "district", district_of = "province"'),
        forms, 'district_of = "province"', "There are none",
    ),
    "a subdistrict of no district": (
        replaced(forms, 'type = "phone"', 'type = "subdistrict", subdistrict_of = "full_name"'),
        forms, 'subdistrict_of = "full_name" is no question of type "district"', "There are none",
    ),
    "a district's province for something else": (
        replaced(forms, 'path = "phone", type = "phone"', 'path = "phone", type = "phone", district_of = "full_name"'),
        forms, 'district_of goes with type = "district"', "Take it out",
    ),
    "several choices without any": (
        replaced(forms, 'type = "boolean", required = true', 'type = "choices", required = true'),
        forms, 'type = "choices" needs choices', "Add choices",
    ),
    "a profile of several choices": (
        replaced(forms, 'type = "choice"\nprofile', 'type = "choices"\nprofile'),
        forms, "question 'sex': somebody may choose several", "Take profile out",
    ),
    "a century of something else than a date": (
        replaced(forms, 'type = "money", minimum = 0', 'type = "money", short_year = 2500, minimum = 0'),
        forms, 'short_year goes with dates, not with "money"', "Take it out",
    ),
    "a leap of something else than money": (
        replaced(forms, 'type = "year"', 'type = "year", may_leap = true'),
        forms, 'may_leap goes with money, not with "year"', "Take it out",
    ),
    "a code for no answer in a repeated group": (
        replaced(
            forms,
            'path = "sales_last_month", type = "money"',
            'path = "sales_last_month", type = "money", each = "x", combine = "sum", missing = ["99"]',
        ),
        forms, "missing does not go with combine", "Take one of them out",
    ),
    "a window that its round lies outside": (
        replaced(programme, "months = 6\n", "months = 6\nwindow = [7, 9]\n"),
        programme, "round 'm6': window = [7, 9] does not hold months = 6", "such as [4, 9]",
    ),
    "a window of the registration": (
        replaced(programme, 'en = "Start" }\n', 'en = "Start" }\nwindow = [0, 1]\n'),
        programme, "round 'registration': window is for follow-ups", "Take it out",
    ),
    "a participant who is not kept in the vault": (
        replaced(forms, 'type = "code", identity = true', 'type = "code"'),
        forms, "question 'participant_id'", "identity = true",
    ),
    "a phone that is not kept in the vault": (
        replaced(forms, 'type = "phone", identity = true', 'type = "phone"'),
        forms, "question 'phone': type = \"phone\"", "identity = true",
    ),
    "a question of the same name and another type": (
        replaced(forms, FOLLOW_UP_SALES, FOLLOW_UP_SALES.replace('type = "money"', 'type = "integer"')),
        forms, "form 'follow_up', question 'sales': type differs", "make them the same",
    ),
    "a question named like a column of the engine": (
        replaced(forms, "birth_year = {", "arm = {"),
        forms, "question 'arm'", "another name",
    ),
    "a derived column of an unknown column": (
        replaced(forms, "case when birth_year >", "case when birth_yaer >"),
        forms, "derived column 'age_band': value", "birth_year",
    ),
    "an expression of an unknown column": (
        replaced(indicators, 'value = "sells_online"', 'value = "sells_onlin"'),
        indicators, "indicator 'sells_online': value", "sells_online",
    ),
    "an expression of who people are": (
        replaced(indicators, 'value = "sells_online"', 'value = "phone = \'1\'"'),
        indicators, "'phone', an identity question", "Use another column",
    ),
    "an expression that is no SQL": (
        replaced(indicators, 'value = "sells_online"', 'value = "sells_online =="'),
        indicators, 'value = "sells_online =="', "impact new",
    ),
    "a word of SQL for a column": (
        lambda folder: (
            replaced(forms, "sells_online = {", "union = {")(folder),
            replaced(indicators, 'value = "sells_online"', 'value = "union"')(folder),
        )[0],
        indicators, 'value = "union"', r"Write \"union\"",
    ),
    "an expression of the wrong type": (
        replaced(indicators, 'value = "sells_online"', 'value = "sales"'),
        indicators, 'value = "sales" is a number', "compare it",
    ),
    "text where a number is needed": (
        replaced(indicators, 'value = "sales"', 'value = "sex"'),
        indicators, 'value = "sex" is text', "must be a number",
    ),
    "a number compared with text": (
        replaced(indicators, 'value = "sells_online"', "value = \"sales > 'much'\""),
        indicators, "value = \"sales > 'much'\"", "Compare like with like",
    ),
    "a choice that is none": (
        replaced(indicators, 'value = "sells_online"', "value = \"sex = 'femal'\""),
        indicators, "compares 'sex' with 'femal', which it never is", "female",
    ),
    "one choice of a list that is none": (
        replaced(indicators, 'value = "sells_online"', "value = \"sex not in ('male', 'femal')\""),
        indicators, "compares 'sex' with 'femal', which it never is", "female",
    ),
    "a round in an expression that is none": (
        replaced(indicators, 'value = "sells_online"', "value = \"sells_online\"\npopulation = \"round <> 'm9'\""),
        indicators, "compares 'round' with 'm9'", "m6",
    ),
    "a yes where there is only true": (
        replaced(indicators, 'value = "sells_online"', "value = \"sells_online = 'yes'\""),
        indicators, "compares 'sells_online' with text, but it is true or false", "Write sells_online",
    ),
    "a sum over everybody": (
        replaced(indicators, 'value = "sales"', 'value = "sum(sales)"'),
        indicators, 'value = "sum(sales)"', "Leave the summing",
    ),
    "types that do not go together": (
        replaced(indicators, 'value = "sales"', 'value = "sales + answered_on"'),
        indicators, 'value = "sales + answered_on"', "like with like",
    ),
    "a headline that is not asked for": (
        replaced(indicators, 'headline = "change"', 'headline = "change"\nquantities = ["level"]'),
        indicators, 'indicator \'sells_online\': headline = "change"', "level",
    ),
    "a quantity that the statistic does not have": (
        replaced(indicators, 'headline = "count"', 'headline = "change"'),
        indicators, 'headline: "change"', "count",
    ),
    "an effect without a treatment": (
        replaced(indicators, 'headline = "change"', 'headline = "effect"'),
        indicators, 'headline: "effect" needs a treatment', "programme.toml under design",
    ),
    "a ratio without its denominator": (
        replaced(indicators, 'statistic = "money"', 'statistic = "ratio"'),
        indicators, "indicator 'sales': per is missing", "Add per",
    ),
    "a denominator without a ratio": (
        replaced(indicators, 'value = "sales"', 'value = "sales"\nper = "sales"'),
        indicators, "indicator 'sales': per goes with", "Take per out",
    ),
    "a match on nothing": (
        replaced(indicators, 'statistic = "money"', 'statistic = "matched"'),
        indicators, "indicator 'sales': covariates is missing", "Name what was known at the registration",
    ),
    "covariates of what is not adjusted": (
        replaced(indicators, 'value = "sales"', 'value = "sales"\ncovariates = ["sex"]'),
        indicators, "indicator 'sales': covariates go with", "Take covariates out",
    ),
    "a round that is none": (
        replaced(indicators, "when_closed = 0", 'rounds = ["m66"]'),
        indicators, "indicator 'sales': rounds: 'm66'", "m6",
    ),
    "a transition without sizes": (
        replaced(indicators, 'statistic = "money"', 'statistic = "transition"'),
        indicators, 'statistic = "transition" needs a size_rule', "Declare it",
    ),
    "a rule about a column that no form asks": (
        replaced(programme, 'holds = "sales > 0 or', 'holds = "sale > 0 or'),
        programme, "checks: rule 'sells_something_online': holds", "sales",
    ),
    "a rule about answers of two forms": (
        replaced(programme, RULE, 'holds = "consented or contact_result = \'refused\'"'),
        programme, "no form asks all of consented, contact_result", "Use questions of one form",
    ),
    "a rule that is neither true nor false": (
        replaced(programme, RULE, 'holds = "sales"'),
        programme, 'holds = "sales" is a number', "compare it with something",
    ),
    "a rule about who somebody is": (
        replaced(programme, RULE, 'holds = "full_name = \'x\'"'),
        programme, "uses 'full_name', an identity question", "Use another column",
    ),
    "a rule with the name of a question": (
        replaced(programme, 'id = "sells_something_online"', 'id = "sells_online"'),
        programme, "the id 'sells_online' is the name of a question", "Choose another",
    ),
    "a group that nobody is asked for": (
        replaced(programme, 'group = "session"', 'group = "sesion"'),
        programme, 'checks: group = "sesion" is no question', "session",
    ),
    "interviews that are all too short or too long": (
        replaced(programme, "shortest_minutes = 5", "shortest_minutes = 300"),
        programme, "shortest_minutes = 300 is not below longest_minutes = 240", "put one right",
    ),
    "a place that would leave the vault": (
        also_asked('gps', 'type = "text"'),
        forms, "question 'gps': where somebody lives tells who it is", "Add identity = true",
    ),
    "an enumerator whom no flag may name": (
        also_asked('enumerator', 'type = "code", identity = true'),
        forms, "question 'enumerator': flags name the enumerator", "take identity out",
    ),
    "a beginning that is only a day": (
        also_asked('started_at', 'type = "date"'),
        forms, "question 'started_at': type = \"date\" loses what the checks read", 'Write type = "text"',
    ),
    "a result after which nobody calls that is none": (
        replaced(programme, 'no_more_calls = ["refused"]', 'no_more_calls = ["refussed"]'),
        programme, "contact: no_more_calls: 'refussed' is no choice of contact_result", "refused",
    ),
    "a gap between no groups": (
        replaced(indicators, 'statistic = "money"', 'statistic = "change_gap"'),
        indicators, "indicator 'sales': statistic = \"change_gap\" needs between", "Add it",
    ),
    "a gap between groups that are none": (
        replaced(
            indicators, 'statistic = "money"',
            'statistic = "change_gap"\nbetween = { by = "sex", group = "femal", against = "male" }',
        ),
        indicators, 'between: group = "femal" is no choice of sex', "female",
    ),
    "groups of what is no gap": (
        replaced(
            indicators, 'statistic = "money"',
            'statistic = "money"\nbetween = { by = "sex", group = "female", against = "male" }',
        ),
        indicators, 'between goes with statistic = "change_gap"', "Take it out",
    ),
    "a cost of nothing": (
        replaced(indicators, 'statistic = "money"', 'statistic = "cost"'),
        indicators, 'value = "sales" must divide budget by one indicator', "budget / ",
    ),
    "a cost without a budget": (
        replaced(
            indicators, 'statistic = "money"', 'statistic = "cost"\nof = "count"',
            'value = "sales"', 'value = "budget / people_trained"',
        ),
        indicators, 'statistic = "cost" needs a budget', "Declare [budget] in programme.toml",
    ),
    "a cost of an indicator that is none": (
        replaced(
            indicators, 'statistic = "money"', 'statistic = "cost"\nof = "count"',
            'value = "sales"', 'value = "budget / people_traind"',
        ),
        indicators, "uses 'people_traind', of which there is no cost", "people_trained",
    ),
    "a budget of a period that is none": (
        appended(programme, "\n[budget]\ny1 = 1000\n"),
        programme, "budget: 'y1' is no period", "",
    ),
    "no indicator": (
        lambda folder: (folder / indicators).write_text("", encoding="utf-8"),
        indicators, "there is no indicator", "Declare at least one",
    ),
}  # fmt: skip


@pytest.mark.parametrize("breaks", BROKEN)
def test_a_broken_folder_is_told_where_and_how_to_mend_it(folder: Path, breaks: str) -> None:
    breaking, file, field, remedy = BROKEN[breaks]
    breaking(folder)

    said = [mistake for mistake in mistakes(folder) if field in mistake]

    assert said, "\n".join(mistakes(folder))
    assert said[0].startswith(str(folder / file))
    assert remedy in said[0].split(field, 1)[1]


@pytest.mark.parametrize("breaks", BROKEN)
def test_no_librarys_own_words_reach_the_reader(folder: Path, breaks: str) -> None:
    BROKEN[breaks][0](folder)

    for mistake in mistakes(folder):
        assert "\n" not in mistake
        assert not [word for word in LIBRARIES_WORDS if word in mistake]


def test_a_folder_that_is_not_there_says_how_to_make_it(tmp_path: Path) -> None:
    assert mistakes(tmp_path / "weaving") == (
        f"{tmp_path / 'weaving'}: there is no such programme folder. Make one: impact new weaving",
    )


def test_a_misspelt_field_is_one_mistake(folder: Path) -> None:
    replaced(indicators, 'statistic = "money"', 'statistc = "money"')(folder)

    [told] = mistakes(folder)

    assert "unknown field 'statistc'. Names that come close: statistic" in told


def test_every_mistake_is_told_at_once(folder: Path) -> None:
    replaced(programme, "end = 2025-09-30", "end = 2023-09-30")(folder)
    replaced(indicators, 'value = "sales"', 'value = "sails"')(folder)
    replaced(indicators, "when_closed = 0", 'rounds = ["m66"]')(folder)

    assert len(mistakes(folder)) == 3


def test_several_questions_may_be_made_of_one_repeated_group(folder: Path) -> None:
    oldest = 'oldest = { path = "household/member", type = "integer", each = "age", combine = "maximum", title = '
    title = '{ th = "ก", en = "a" } }\n'
    replaced(forms, HOUSEHOLD, f"{oldest}{title}{SUM_OF_AGES}")(folder)

    assert load_programme(folder).registration.questions["oldest"].combine == "maximum"


def test_the_starter_is_sound(folder: Path) -> None:
    assert load_programme(folder).id == "starter"
