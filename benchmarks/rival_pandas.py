"""The same refresh as a good hand would write it in pandas: what the pipeline's speed is measured against.

It reads the same landing, cleans, links, measures and estimates the same figures and writes the same tables, each as
Parquet. It may take short cuts that the pipeline does not take: the programme's expressions are written out in Python,
nothing is validated against schemas, files' hashes are not checked, estimates are not graded, and no warehouse is
checked before it becomes current.
"""

import base64
import hmac
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path

import geothai
import numpy as np
import pandas as pd

from benchmarks.rival_estimates import NEVER, Z, estimates
from transforms.programme import Indicator, Programme, Question

NOTHING = ["", "-", "ไม่ระบุ", "ไม่มี", "N/A"]
YES_NO = {"ใช่": 1.0, "ไม่ใช่": 0.0}
THAI_DIGITS = str.maketrans("๐๑๒๓๔๕๖๗๘๙", "0123456789")
PLACE = ["_source", "_file", "_row"]
KEY = b"the benchmark's pseudonyms hide nobody: its people are made up"
OWNERS, TRAINED = "enterprise_role = 'owner'", "assignment = 'trained'"

Tables = dict[str, pd.DataFrame]


@dataclass
class Cleaned:
    """One source: readable submissions by our names, what was set aside, and how many of each."""

    accepted: pd.DataFrame
    rejects: pd.DataFrame
    balance: pd.DataFrame


def refresh(programme: Programme, landing: Path, written: Path) -> Tables:
    """Every table made from the landing, written to `written` as Parquet."""
    cleaned = {source.id: _clean(landing / source.id, programme, source.form) for source in programme.sources}
    named = {source: _pseudonymised(each.accepted, written) for source, each in cleaned.items()}
    tables = _linked(named, programme)
    rounds = _measured(tables["responses"], programme)
    tables["measurements"] = pd.concat(rounds.values(), ignore_index=True)
    people, aligned = _side_by_side(tables["responses"], rounds, programme)
    tables["estimates"] = estimates(people, aligned, tables["enrolments"], programme)
    tables["transitions"] = _transitions(people, aligned, programme)
    tables["rejects"] = pd.concat([*(each.rejects for each in cleaned.values()), tables["rejects"]])
    tables["balance"] = pd.concat([each.balance for each in cleaned.values()])
    written.mkdir(parents=True, exist_ok=True)
    for name, table in tables.items():
        table.to_parquet(written / f"{name}.parquet", index=False)
    return tables


def _clean(folder: Path, programme: Programme, form_id: str) -> Cleaned:
    form = programme.forms[form_id]
    received = pd.concat([pd.read_parquet(path) for path in sorted(folder.glob("*.parquet"))], ignore_index=True)
    received = received.rename(columns={path: name for name, asked in form.questions.items() for path in asked.paths})
    received = received.sort_values(["_pulled_at", "_file", "_row"], kind="stable", ignore_index=True)
    answers = list(form.questions)
    once = received.drop_duplicates(answers, keep="last")
    latest = once.drop_duplicates(list(form.key), keep="last")
    typed = latest[["_source", "_pull", "_file", "_row", "_pulled_at"]].copy()
    wrong: list[pd.DataFrame] = []
    for name, question in form.questions.items():
        typed[name], faults = _parsed(latest[name], question)
        if question.required:
            faults["missing_required"] = typed[name].isna() & ~_any(faults, typed.index)
        if question.type == "district":
            provinces = typed[question.district_of]
            faults["district_outside_province"] = typed[name].notna() & (typed[name].str[:2] != provinces)
        if name == "registered_on":
            faults["outside_periods"] = typed[name].notna() & _period(typed[name], programme).isna()
        wrong += [typed.loc[bad, PLACE].assign(field=name, rule=rule) for rule, bad in faults.items() if bad.any()]
    rejects = pd.concat([typed.head(0)[PLACE].assign(field="", rule=""), *wrong])
    accepted = typed.drop(index=rejects.index.unique())
    counts = {
        "landed": len(received),
        "accepted": len(accepted),
        "rejected": len(typed) - len(accepted),
        "duplicates": len(received) - len(once),
        "superseded": len(once) - len(latest),
    }
    return Cleaned(accepted, rejects, pd.DataFrame([{"source": folder.name, "form": form_id, **counts}]))


def _any(faults: dict[str, pd.Series], index: pd.Index) -> pd.Series:
    found = pd.Series(False, index=index)
    for bad in faults.values():
        found |= bad
    return found


def _parsed(text: pd.Series, question: Question) -> tuple[pd.Series, dict[str, pd.Series]]:
    """The answers typed, and by rule which of them are at fault."""
    text = text.str.strip()
    text = text.mask(text.isin(NOTHING))
    match question.type:
        case "integer" | "number" | "money":
            return _numbers(text, question)
        case "year":
            return _numbers(text, question, era=543)
        case "date":
            return _dates(text, question.date_order)
        case "boolean":
            found = text.map(YES_NO)
            return found, {"unknown_choice": text.notna() & found.isna()}
        case "choice" | "province" | "district":
            found = text.map(_codes(question))
            return found, {"unknown_choice": text.notna() & found.isna()}
        case "national_id":
            return text, {"id_checksum": text.notna() & ~_check_digit_holds(text)}
        case _:
            return text, {}


def _codes(question: Question) -> dict[str, str]:
    if question.type == "province":
        return {each.name_th: each.code for each in geothai.provinces()}
    if question.type == "district":
        return {
            each.name_th: each.code for province in geothai.provinces() for each in geothai.districts(province.code)
        }
    return {words: each.value for each in question.choices for words in (each.title.th, each.value, *each.accepts)}


def _numbers(text: pd.Series, question: Question, era: int = 0) -> tuple[pd.Series, dict[str, pd.Series]]:
    thai = text.str.contains("[๐-๙]", regex=True, na=False)
    plain = text.where(~thai, text[thai].str.translate(THAI_DIGITS)).str.replace(",", "", regex=False)
    bracketed = plain.str.startswith("(", na=False)
    plain = plain.where(~bracketed, "-" + plain[bracketed].str.strip("()"))
    numbers = pd.to_numeric(plain, errors="coerce")
    numbers = numbers.where(~numbers.between(2400, 2600), numbers - era)
    faults = {"not_a_number": text.notna() & numbers.isna()}
    if question.minimum is not None:
        rule = "negative_revenue" if question.type == "money" else "below_minimum"
        faults[rule] = numbers < question.minimum
    if question.maximum is not None:
        faults["above_maximum"] = numbers > question.maximum
    return numbers, faults


def _dates(text: pd.Series, order: str) -> tuple[pd.Series, dict[str, pd.Series]]:
    """Days are few and repeat: each different one is parsed once."""
    codes, different = pd.factorize(text)
    parts = pd.Series(different, dtype="str").str.translate(THAI_DIGITS).str.split("[-/]", regex=True, expand=True)
    parts = parts.reindex(columns=range(3)).apply(pd.to_numeric, errors="coerce")
    year, month, day = (parts[place] for place in ((0, 1, 2) if order == "year_month_day" else (2, 1, 0)))
    year = year.where(~year.between(2400, 2600), year - 543)
    days = pd.to_datetime(pd.DataFrame({"year": year, "month": month, "day": day}), errors="coerce")
    found = pd.Series(np.where(codes >= 0, days.to_numpy()[codes], np.datetime64("NaT")), text.index)
    return found, {"impossible_date": text.notna() & found.isna()}


def _check_digit_holds(text: pd.Series) -> pd.Series:
    number = pd.to_numeric(text, errors="coerce")
    weighted = sum(number // 10 ** (13 - place) % 10 * (14 - place) for place in range(1, 13))
    return (text.str.len() == 13) & ((11 - weighted % 11) % 10 == number % 10)


def _period(days: pd.Series, programme: Programme) -> pd.Series:
    found = pd.Series(None, index=days.index, dtype="object")
    for each in programme.periods:
        found[days.between(pd.Timestamp(each.start), pd.Timestamp(each.end))] = each.id
    return found


def _pseudonymised(accepted: pd.DataFrame, written: Path) -> pd.DataFrame:
    """With pseudonyms for the ids, and without whatever else identifies; that is kept apart."""
    identity = ["name_title", "first_name", "last_name", "national_id", "phone", "enterprise_name"]
    named = accepted.assign(participant=_pseudonyms(accepted["participant_id"], "participant"))
    if "enterprise_id" in accepted:
        named["enterprise"] = _pseudonyms(accepted["enterprise_id"], "enterprise")
        vault = written / "vault"
        vault.mkdir(parents=True, exist_ok=True)
        contacts = named[["participant", "participant_id", *identity]].drop_duplicates("participant", keep="last")
        contacts.to_parquet(vault / "contacts.parquet", index=False)
    return named.drop(columns=["participant_id", "enterprise_id", *identity], errors="ignore")


def _pseudonyms(ids: pd.Series, kind: str) -> pd.Series:
    codes, different = pd.factorize(ids)
    hidden = [base64.b32encode(hmac.digest(KEY, f"{kind}|{each}".encode(), sha256)[:15]).decode() for each in different]
    return pd.Series(np.array([*hidden, None], dtype="object")[codes], index=ids.index).astype("str")


def _linked(named: dict[str, pd.DataFrame], programme: Programme) -> Tables:
    registrations = next(named[each.id] for each in programme.sources if each.round is None)
    people = _people(registrations, programme)
    blocks, links, rejects = [_baseline(people, programme)], [], []
    for source in programme.sources:
        if source.round is None:
            continue
        judged = _judged(named[source.id], people)
        verdicts = judged["verdict"].value_counts()
        links.append({"source": source.id, "accepted": len(judged), **verdicts.to_dict()})
        rejects.append(judged.loc[judged["verdict"].isin(["orphans", "conflicts"]), [*PLACE, "verdict"]])
        blocks.append(_follow_up(people, judged[judged["verdict"] == "linked"], source.round, programme))
    everyone = pd.concat([_with_derived(block, programme) for block in blocks], ignore_index=True)
    derived = ["period", "cluster", "arm", "completed", "age_band"]
    who = people.loc[people["agreed"], ["participant", *derived]]
    rules = {"orphans": "orphan_followup", "conflicts": "wave_conflict"}
    refused = pd.concat(rejects).assign(rule=lambda frame: frame["verdict"].map(rules)).drop(columns="verdict")
    return {
        "responses": everyone[everyone["agreed"]].drop(columns="agreed").reset_index(drop=True),
        "enrolments": registrations.merge(who, on="participant"),
        "links": pd.DataFrame(links).assign(unit_slips=0).fillna(0),
        "funnel": _funnel(everyone, programme),
        "rejects": refused,
    }


def _people(registrations: pd.DataFrame, programme: Programme) -> pd.DataFrame:
    ordered = registrations.sort_values(["registered_on", "_pulled_at", "_file", "_row"], kind="stable")
    agreed = (ordered["consented"] == 1).groupby(ordered["participant"]).all().rename("agreed")
    people = ordered.drop_duplicates("participant").merge(agreed, left_on="participant", right_index=True)
    trained = people["assignment"] == "trained"
    attended = (people["hours_attended"] >= 0.8 * people["hours_required"]).astype(float)
    unknown = people["hours_attended"].isna() | people["hours_required"].isna()
    age = people["registered_on"].dt.year - people["birth_year"]
    bands = ["under_30", "from_30_to_44", "from_45_to_59", "from_60"]
    return people.assign(
        period=_period(people["registered_on"], programme),
        completed=attended.mask(unknown).where(trained, 0.0),
        age_band=pd.cut(age, [-np.inf, 29, 44, 59, np.inf], labels=bands),
        cluster=people["session"].fillna(people["participant"]),
        arm=np.where(trained, "treated", "comparison"),
    )


def _judged(submissions: pd.DataFrame, people: pd.DataFrame) -> pd.DataFrame:
    known = people.set_index("participant")[["agreed", "registered_on"]]
    judged = submissions.join(known, on="participant")
    ordered = judged.sort_values(["_pulled_at", "_file", "_row"], kind="stable")
    conflict = (judged["answered_on"] < judged["registered_on"]) | ordered.duplicated("participant", keep="last")
    verdict = np.select(
        [judged["agreed"].isna(), judged["agreed"] == False, conflict],  # noqa: E712
        ["orphans", "without_consent", "conflicts"],
        "linked",
    )
    return submissions.assign(verdict=verdict)


def _baseline(people: pd.DataFrame, programme: Programme) -> pd.DataFrame:
    kept = people.drop(columns=["_source", "_pull", "_file", "_row", "_pulled_at", "consented"])
    return kept.assign(round=programme.baseline.id, due=True, answered=True, closed=False, treated=False)


def _follow_up(people: pd.DataFrame, usable: pd.DataFrame, round_id: str, programme: Programme) -> pd.DataFrame:
    fixed = ["participant", "enterprise", "period", "cluster", "arm", "agreed", "registered_on", *programme.profile]
    carried = people[list(dict.fromkeys(fixed))]
    answers = usable.drop(columns=["_source", "_pull", "_file", "_row", "_pulled_at", "verdict"])
    block = carried.merge(answers.assign(due=True), on="participant", how="left")
    return block.assign(
        round=round_id,
        due=block["due"].eq(True),
        answered=block["contact_result"].isin(programme.contact.answered),
        closed=block["contact_result"].isin(programme.contact.closed),
        treated=block["assignment"] == "trained",
    )


def _with_derived(block: pd.DataFrame, programme: Programme) -> pd.DataFrame:
    day = block.get("answered_on", block["registered_on"]).fillna(block["registered_on"])
    holds = (block["certificate"] != "none").astype(float).mask(block["certificate"].isna())
    lasts = (block["certificate_valid_until"] >= day).astype(float).mask(block["certificate_valid_until"].isna())
    valid = (holds * lasts).mask((holds == 0) | (lasts == 0), 0.0)
    tools = block["sells_online"] + block["takes_e_payment"] + block["keeps_digital_books"]
    return block.assign(digital_tools=tools, certificate_valid=valid, size_class=_size_class(block, programme))


def _size_class(block: pd.DataFrame, programme: Programme) -> pd.Series:
    """By revenue alone, which decides where the two readings differ."""
    rule = programme.size_rule
    limits = {(each.size, sector): each.revenue for each in rule.limits for sector in each.sectors}
    within = [
        block[rule.revenue]
        <= block[rule.sector].map({sector: most for (of, sector), most in limits.items() if of == size})
        for size in (each.value for each in rule.sizes)
    ]
    return pd.Series(np.select(within, [each.value for each in rule.sizes], ""), block.index).replace("", None)


def _funnel(everyone: pd.DataFrame, programme: Programme) -> pd.DataFrame:
    baseline, agreed = everyone["round"] == programme.baseline.id, everyone["agreed"]
    stages = {
        "registered": (baseline, baseline),
        "consented": (baseline, agreed),
        "completed": (baseline, agreed & (everyone["completed"] == 1)),
        "due": (~baseline, agreed & everyone["due"]),
        "answered": (~baseline, agreed & (everyone["answered"] | everyone["closed"])),
    }
    found = []
    for by in ("programme", *(each.by for each in programme.breakdowns)):
        group = everyone[by] if by in everyone else pd.Series("all", index=everyone.index)
        for arm in (everyone["arm"], pd.Series("all", index=everyone.index)):
            keys = pd.DataFrame({"period": everyone["period"], "group": group, "arm": arm, "round": everyone["round"]})
            for stage, (belongs, reached) in stages.items():
                people = reached[belongs].groupby([keys.loc[belongs, each] for each in keys], observed=True).sum()
                found.append(people.rename("people").reset_index().assign(by=by, stage=stage))
    return pd.concat(found, ignore_index=True)


def _measured(responses: pd.DataFrame, programme: Programme) -> Tables:
    """By round, every indicator's value where it is asked."""
    declared = {name: each for name, each in programme.indicators.items() if each.rows == "responses"}
    measured = {}
    for round_id, rows in responses.groupby("round", sort=False):
        columns = {"participant": rows["participant"], "round": rows["round"]}
        for name, indicator in declared.items():
            asked = _asked(indicator, rows, round_id, programme)
            columns[name] = _value(indicator, rows).where(asked)
            columns[f"{name}__asked"] = asked
            if indicator.per is not None:
                columns[f"{name}__per"] = rows[indicator.per].where(asked)
        measured[round_id] = pd.DataFrame(columns)
    return measured


def _asked(indicator: Indicator, rows: pd.DataFrame, round_id: str, programme: Programme) -> pd.Series:
    if indicator.statistic == "survival":
        told = rows["due"]
    elif indicator.when_closed is not None or indicator.statistic == "transition":
        told = rows["answered"] | rows["closed"]
    else:
        told = rows["answered"]
    if indicator.rounds and round_id not in (*indicator.rounds, programme.baseline.id):
        return told & False
    populations = {None: True, OWNERS: rows["enterprise_role"] == "owner", TRAINED: rows["assignment"] == "trained"}
    return told & populations[indicator.population]


def _value(indicator: Indicator, rows: pd.DataFrame) -> pd.Series:
    match indicator.value:
        case "digital_tools >= 2":
            value = (rows["digital_tools"] >= 2).astype(float).mask(rows["digital_tools"].isna())
        case "paid_hours_a_week / 40":
            value = rows["paid_hours_a_week"] / 40
        case "paid_hours_a_week > 0" | "profit_last_month_thb > 0":
            answer = rows[indicator.value.removesuffix(" > 0")]
            value = (answer > 0).astype(float).mask(answer.isna())
        case column:
            value = rows[column]
    if indicator.statistic == "transition":
        return value.mask(rows["closed"], "closed")
    return value if indicator.when_closed is None else value.mask(rows["closed"], indicator.when_closed)


def _side_by_side(responses: pd.DataFrame, rounds: Tables, programme: Programme) -> tuple[pd.DataFrame, Tables]:
    """One row a participant; and by round the measurements, row for row."""
    blocks = {each: rows.reset_index(drop=True) for each, rows in responses.groupby("round", sort=False)}
    people = blocks[programme.baseline.id].copy()
    people["entered"] = np.where(people["arm"] == "treated", 1, NEVER)
    aligned = {
        each: measured.reset_index(drop=True).assign(
            due=blocks[each]["due"], told=blocks[each]["answered"] | blocks[each]["closed"]
        )
        for each, measured in rounds.items()
    }
    return people, aligned


def _transitions(people: pd.DataFrame, rounds: Tables, programme: Programme) -> pd.DataFrame:
    """From class to class, with Wilson's interval of each share."""
    found = []
    before = rounds[programme.baseline.id]
    for name, indicator in programme.indicators.items():
        if indicator.statistic != "transition":
            continue
        for round_id in indicator.rounds:
            now = rounds[round_id]
            moves = people.assign(
                programme="all", origin=before[name].fillna("unknown"), destination=now[name].fillna("unknown")
            )[before[f"{name}__asked"] & now["due"]]
            for by in ("programme", *(each.by for each in programme.breakdowns)):
                origin = ["period", "arm", by, "origin"]
                units = moves.groupby([*origin, "destination"], observed=True).size().rename("units").reset_index()
                of = units.groupby(origin, observed=True)["units"].transform("sum")
                centre = (units["units"] + Z**2 / 2) / (of + Z**2)
                spread = np.sqrt(units["units"] * (of - units["units"]) / of + Z**2 / 4) * Z / (of + Z**2)
                ends = {"share": units["units"] / of, "low": centre - spread, "high": centre + spread}
                about = {"indicator": name, "round": round_id, "by": by}
                found.append(units.rename(columns={by: "group"}).assign(**ends, **about))
    return pd.concat(found, ignore_index=True)
