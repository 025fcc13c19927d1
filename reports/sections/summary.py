"""The manager's page: headline tiles, and findings in plain sentences."""

from reports import charts
from reports.context import Context
from reports.document import Finding, Summary, Tile
from reports.estimate import Estimate
from reports.shapes import MODELS
from transforms.programme import Indicator

MOST_TILES = 8
MOST_FINDINGS = 8
ENOUGH_CONTRASTS = 3


def summary(context: Context) -> Summary:
    """The summary of one report."""
    words = context.words
    headlines = [(name, each) for name, each in context.programme.indicators.items() if each.headline is not None]
    return Summary(
        title=words("section.summary"),
        tiles=tuple(tile for name, _ in headlines[:MOST_TILES] for tile in _tile(name, context)),
        findings_title=words("heading.findings"),
        findings=_told(headlines, context),
    )


def _told(headlines: list[tuple[str, Indicator]], context: Context) -> tuple[Finding, ...]:
    """The findings; a session has none, as its tiles say all that a session can say."""
    if context.scope.kind(context.programme) == "session":
        return ()
    told = [each for name, _ in headlines for each in _findings(name, context)]
    compared = [each for each in told if each[-1].is_contrast]
    if len(compared) >= ENOUGH_CONTRASTS:  # tiles tell counts and levels as well as a sentence could
        told = compared
    return tuple(_finding(each, context) for each in told[:MOST_FINDINGS])


def _tile(name: str, context: Context) -> tuple[Tile, ...]:
    estimate = headline(name, context)
    if estimate is None:
        return ()
    drawing, alternative = charts.tile(estimate, context)
    value, unit = _value(estimate, context)
    return (
        Tile(
            title=context.title(name),
            value=value,
            unit=unit,
            interval=context.interval(estimate) if estimate.is_drawn else "",
            notes=_notes(estimate, context),
            letter=estimate.letter or "",
            grade=_grade(estimate, context),
            chart=drawing,
            alternative=alternative,
        ),
    )


def headline(name: str, context: Context) -> Estimate | None:
    """The declared headline; where a part of the programme has none, the next best. A session is told by levels."""
    declared = context.programme.indicators[name].headline
    wanted: tuple[str | None, ...] = (declared, "effect", "change", "level", "count")
    if context.scope.kind(context.programme) == "session":
        wanted = (declared if declared == "count" else "level", "level")
    found = [context.latest(context.of(name, quantity=quantity)) for quantity in wanted]
    known = [each for each in found if each is not None]
    return next((each for each in known if not _is_bare(each)), next(iter(known), None))


def _is_bare(estimate: Estimate) -> bool:
    """Whether a contrast is public but rests on too few groups for an interval that means anything."""
    return estimate.visibility == "shown" and estimate.is_contrast and not estimate.is_tested


def _value(estimate: Estimate, context: Context) -> tuple[str, str]:
    """The figure and its unit apart; a bound or a reason stands alone."""
    if estimate.visibility != "shown" or estimate.value is None:
        return context.show(estimate), ""
    shape, unit = context.shape(estimate), context.unit(estimate)
    return context.numbers.parted(estimate.value, shape, unit, signed=estimate.is_contrast)


def _notes(estimate: Estimate, context: Context) -> tuple[str, ...]:
    words = context.words
    notes = []
    if estimate.quantity == "count":
        notes.append(words("summary.tile_counted"))
    else:
        notes.append(_what(estimate, context))
        notes.append(context.answers(estimate))
    target = context.target(estimate)
    if target is not None:
        goal = context.numbers.goal(target, context.shape(estimate), context.unit(estimate))
        notes.append(words("summary.tile_target", target=goal))
    return tuple(note for note in notes if note)


def _what(estimate: Estimate, context: Context) -> str:
    one_arm = context.is_compared and estimate.arm in ("treated", "comparison")
    key = f"summary.tile_{estimate.quantity}{'_of_arm' if one_arm else ''}"
    if estimate.indicator in context.models:
        key = "summary.tile_model"
    elif context.is_told_once(estimate.indicator) and estimate.quantity == "level":
        key = "summary.tile_once"
    return context.words(
        key,
        arm=context.arm(estimate.arm),
        arm_inside=context.arm_inside(estimate.arm),
        comparison=context.arm_inside("comparison"),
        baseline=context.round_short(context.programme.baseline.id),
        round=context.round_short(estimate.round),
    )


def _grade(estimate: Estimate, context: Context) -> str:
    if estimate.letter is None:
        return ""
    return context.words("summary.tile_grade", grade=context.grade(estimate), words=_letter(estimate, context))


def _letter(estimate: Estimate, context: Context) -> str:
    unclear = estimate.letter != "X" and estimate.sign in ("?", "0", None)
    if unclear:
        return context.words("sign_short.zero" if estimate.sign == "0" else f"sign_short.unclear_{estimate.quantity}")
    return context.words(f"letter_short.{estimate.letter}")


def _findings(name: str, context: Context) -> list[list[Estimate]]:
    """What each finding tells: what the tile shows, then the strongest comparison; in a model one a treatment term."""
    if context.programme.indicators[name].statistic in MODELS:
        told = [each for each in context.of(name, quantity="effect") if _is_told(each)]
        last = {each.round: None for each in told}
        return [[each] for each in told if each.round == list(last)[-1]]
    main = headline(name, context)
    if main is None:
        return []
    ranked = (context.latest(context.of(name, quantity=quantity)) for quantity in ("effect", "change"))
    strongest = next((each for each in ranked if each is not None and each.is_tested), main)
    return [list(dict.fromkeys((main, strongest)))]


def _is_told(estimate: Estimate) -> bool:
    return estimate.term == "treated" or (
        estimate.term.startswith("treated_lag_") and not estimate.term.endswith("|classical")
    )


def _finding(told: list[Estimate], context: Context) -> Finding:
    strongest = told[-1]
    title = context.title(strongest.indicator)
    if strongest.term.startswith("treated_lag_"):
        title = context.words("finding.of_term", title=title, term=context.term(strongest.term))
    if _is_exploratory(strongest.indicator, context):
        title = context.words("finding.exploratory", title=title)
    return Finding(title=title, sentence=context.sentences(told), letter=strongest.letter or "")


def _is_exploratory(name: str, context: Context) -> bool:
    """Whether others were declared primary, so that this one only suggests what to look into."""
    declared = context.programme.indicators
    return declared[name].role != "primary" and any(each.role == "primary" for each in declared.values())
