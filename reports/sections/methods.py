"""How the numbers were made, what they mean, and what cannot be said."""

from reports.context import NO_BREAK_SPACE, Context
from reports.document import Block, Bullets, Cell, Column, Heading, Paragraph, Section, Table
from reports.sections.beside import beside_money
from reports.sections.matching import is_balance
from reports.sections.prices import other_seasons, prices
from reports.sections.stated import stated
from transforms.programme import Indicator

LETTERS = ("A", "B", "C", "D", "E", "X")
SIGNS = {"+": "up", "-": "down", "(+)": "weak_up", "(-)": "weak_down", "0": "zero", "?": "unclear"}
CATALOGUES = {"IRIS+": "iris", "SDG": "sdg"}
GLOSSARY = ("respondents", "baseline", "interval", "points", "median", "comparison")


def methods(context: Context) -> Section:
    """The last chapter."""
    words = context.words
    blocks: list[Block] = [
        *_design(context),
        Heading(words("heading.stated")),
        Bullets(tuple(stated(context))),
        Heading(words("heading.certainty")),
        Bullets(_certainty(context)),
        _letters(context),
        *_estimators(context),
        *beside_money(context),
        Heading(words("heading.limitations")),
        Bullets(_limitations(context)),
        _definitions(context),
        _glossary(context),
        Heading(words("heading.provenance")),
        Bullets(_provenance(context)),
    ]
    return Section("methods", words("section.methods"), tuple(blocks))


def _design(context: Context) -> list[Block]:
    """How changes are judged without a comparison; with one, the chapter on it says so."""
    if context.is_compared:
        return []
    words = context.words
    return [Heading(words("heading.design")), Paragraph(words(f"design.{context.programme.design.kind}"))]


def _certainty(context: Context) -> tuple[str, ...]:
    words, declared = context.words, context.programme.indicators.values()
    sentences = [words("methods.letters"), words("methods.interval"), words("methods.families")]
    if any(each.statistic == "money" for each in declared):
        sentences += [words("methods.money"), prices(context)]
    if any(context.is_log(name) for name in context.programme.indicators):
        sentences.append(words("methods.log"))
    weights = context.programme.weights
    if weights is not None and weights.nonresponse == "propensity_strata":
        named = ", ".join(context.breakdown(name) for name in weights.covariates)
        sentences.append(words("methods.weights", covariates=named))
    sentences.append(words("methods.disclosure", floor=context.numbers.count(context.floor)))
    return tuple(sentences)


def _estimators(context: Context) -> list[Block]:
    """Every estimator used in this report, once, under its kind of interval; a count has none."""
    words = context.words
    by_errors: dict[str, set[str]] = {}
    for each in context.estimates:
        if each.visibility != "suppressed" and each.quantity != "count" and not is_balance(each):
            name, errors = context.method(each.method)
            by_errors.setdefault(errors, set()).add(name)
    told = [
        words("methods.estimator", errors=errors[:1].upper() + errors[1:], names=", ".join(sorted(names)))
        for errors, names in sorted(by_errors.items())
    ]
    return [Heading(words("heading.estimators")), Bullets(tuple(told))] if told else []


def _limitations(context: Context) -> tuple[str, ...]:
    """The programme's own, and those that follow from what it declares."""
    words = context.words
    sentences = [context.text(each) for each in context.programme.limitations]
    if not context.is_compared:
        sentences.append(words("notice.no_comparison"))
    sentences += other_seasons(context)
    return tuple(sentences) or (words("methods.no_limitations"),)


def _letters(context: Context) -> Table:
    """The legend: what each letter and each sign means, side by side."""
    words = context.words
    columns = tuple(Column(words(f"column.{name}")) for name in ("letter", "of_letter", "sign", "of_sign"))
    rows = tuple(
        (
            Cell(letter, letter=letter),
            Cell(words(f"letter.{letter}")),
            Cell(context.numbers.sign(sign)),
            Cell(words(f"sign.{name}")),
        )
        for letter, (sign, name) in zip(LETTERS, SIGNS.items(), strict=True)
    )
    return Table(words("caption.letters"), columns, rows)


def _definitions(context: Context) -> Table:
    words = context.words
    names = ("indicator", "meaning", "formula", "method")
    columns = tuple(Column(words(f"column.{name}")) for name in names)
    rows = tuple(_definition(name, each, context) for name, each in context.programme.indicators.items())
    return Table(words("caption.definitions"), columns, rows, note=_catalogues(context))


def _catalogues(context: Context) -> str:
    """Where the indicators' codes come from, as far as this programme uses them."""
    used = {code.split()[0] for each in context.programme.indicators.values() for code in each.codes}
    return "; ".join(context.words(f"catalogue.{key}") for name, key in CATALOGUES.items() if name in used)


def _codes(codes: tuple[str, ...]) -> str:
    """An indicator's codes, each catalogue named once: `IRIS+ PI2998, PI7997; SDG 4.4`."""
    by_catalogue: dict[str, list[str]] = {}
    for code in codes:
        catalogue, _, number = code.rpartition(" ")
        by_catalogue.setdefault(catalogue, []).append(number)
    return "; ".join(
        f"{catalogue}{NO_BREAK_SPACE}{', '.join(known)}" if catalogue else ", ".join(known)
        for catalogue, known in by_catalogue.items()
    )


def _definition(name: str, indicator: Indicator, context: Context) -> tuple[Cell, ...]:
    words = context.words
    codes = {each.method for each in context.of(name) if each.visibility != "suppressed"}
    method = "; ".join(dict.fromkeys(context.method(code)[0] for code in sorted(codes)))
    version = words("methods.version", version=context.numbers.count(indicator.version))
    unit = words("methods.unit", unit=context.text(indicator.unit), version=version)
    formula = f"{indicator.value} / {indicator.per}" if indicator.per else indicator.value
    population = words("methods.population", population=indicator.population) if indicator.population else ""
    return (
        Cell(context.title(name), "; ".join(filter(None, (name, _codes(indicator.codes))))),
        Cell(context.text(indicator.meaning), unit),
        Cell(formula, population, is_code=True),
        Cell(method or words(f"statistic.{indicator.statistic}")),
    )


def _glossary(context: Context) -> Table:
    words = context.words
    columns = (Column(words("column.word")), Column(words("column.definition")))
    rows = tuple((Cell(words(f"glossary.{name}")), Cell(words(f"glossary.{name}_means"))) for name in GLOSSARY)
    return Table(words("caption.glossary"), columns, rows)


def _provenance(context: Context) -> tuple[str, ...]:
    words = context.words
    period = context.period
    built = context.build
    sentences = [
        words(
            "methods.period",
            title=context.text(period.title),
            days=context.numbers.days(period.start, period.end),
        ),
        words(
            "methods.provenance",
            day=context.numbers.moment(built["built_at"], context.programme.time_zone),
            code=built["code_version"],
            input=str(built["input_id"])[:12],
            configuration=str(built["configuration"])[:12],
        ),
    ]
    if context.estimates:
        sentences.append(words("methods.ids", example=_of_the_latest(context), command="impact explain"))
    return tuple(sentences)


def _of_the_latest(context: Context) -> str:
    """The id of a contrast of the latest round, or of what there is."""
    contrasts = [each for each in context.estimates if each.is_contrast and each.is_main]
    latest = context.latest(contrasts) or context.estimates[0]
    return latest.estimate
