"""What came out."""

import dataframely as dy

from transforms.tables.people import Funnel

UNKNOWN_CLASS = "unknown"
"""Where in a transition stands who did not answer, or gave no class."""


class Estimates(dy.Schema):
    """One row per period, indicator, quantity, round, arm, breakdown, group and term.

    Shares and percentage changes are fractions (0.25 is 25 %). A level's `arm` is one of the arms; an
    effect's is `both`.
    """

    estimate = dy.String(primary_key=True, description="The id: the key's parts joined by a full stop.")
    period = dy.String(nullable=False, description="The reporting period.")
    indicator = dy.String(nullable=False, description="The indicator, as in indicators.toml.")
    quantity = dy.Enum(
        ["count", "level", "change", "effect"],
        nullable=False,
        description="A count, a level at a round, a change since the baseline, or treated against comparison.",
    )
    round = dy.String(nullable=False, description="The round.")
    arm = dy.Enum(["all", "treated", "comparison", "both"], nullable=False, description="Whose it is.")
    by = dy.String(nullable=False, description="The breakdown.")
    group = dy.String(nullable=False, description="The group.")
    term = dy.String(nullable=False, description="The model's term, else empty.")
    method = dy.String(nullable=False, description="The estimator and its interval, as in docs/methods.md.")
    value = dy.Float64(nullable=True, description="The estimate, in the indicator's unit.")
    standard_error = dy.Float64(nullable=True, min=0, description="Its standard error.")
    low = dy.Float64(nullable=True, description="The 95 % interval's lower end.")
    high = dy.Float64(nullable=True, description="The 95 % interval's upper end.")
    n = dy.Int64(nullable=False, min=0, description="Units it rests on (an effect: the treated ones).")
    n_comparison = dy.Int64(nullable=True, min=0, description="An effect's comparison units.")
    observations = dy.Int64(nullable=True, min=0, description="A panel model's unit-rounds.")
    numerator = dy.Int64(nullable=True, min=0, description="A proportion's units with the trait.")
    population = dy.Int64(nullable=False, min=0, description="Units that should have a value.")
    missing = dy.Int64(nullable=False, min=0, description="Of these, units without one.")
    clusters = dy.Int64(nullable=True, min=0, description="Clusters (an effect: the treated ones).")
    clusters_comparison = dy.Int64(nullable=True, min=0, description="An effect's comparison clusters.")
    df = dy.Float64(nullable=True, description="Satterthwaite's degrees of freedom.")
    p_value = dy.Float64(nullable=True, min=0, max=1, description="Two-sided, against no change.")
    q_value = dy.Float64(nullable=True, min=0, max=1, description="Benjamini-Hochberg within the family.")
    family = dy.String(
        nullable=True,
        description="Its family of tests, where it has a q: indicators declared together, or an indicator's groups.",
    )
    family_size = dy.Int64(nullable=True, min=1, description="How many tests the family has.")
    smallest_detectable = dy.Float64(nullable=True, description="Detectable with 80 % power at 5 %.")
    baseline_sd = dy.Float64(nullable=True, min=0, description="Standard deviation at the baseline.")
    response = dy.Float64(nullable=True, min=0, max=1, description="Answered / due at the round.")
    attrition_overall = dy.Float64(
        nullable=True,
        min=0,
        max=1,
        description="Units lost since the baseline, of those eligible (an effect: of both arms).",
    )
    attrition_differential = dy.Float64(
        nullable=True, min=-1, max=1, description="An effect's attrition of the treated less that of the comparison."
    )
    weights = dy.String(nullable=False, description="How answers were weighted, as in docs/methods.md; else `none`.")
    kish_deff = dy.Float64(nullable=True, min=0, description="Kish's design effect of the weights; the larger arm's.")


class GradedEstimates(Estimates):
    """One row per estimate, with its evidence grade: changes and effects have one, counts and levels none."""

    letter = dy.Enum(["A", "B", "C", "D", "E", "X"], nullable=True, description="The design, after caps.")
    sign = dy.Enum(["+", "-", "(+)", "(-)", "0", "?"], nullable=True, description="What the data say.")
    cap = dy.String(nullable=True, description="The cap that decided the letter, if one did.")
    pre_rounds = dy.Int64(
        nullable=True, min=0, description="Of an effect of the whole programme: rounds measured before entry."
    )
    pre_trend_p = dy.Float64(
        nullable=True, min=0, max=1, description="The joint test that trends were alike over two or more such rounds."
    )


class Grades(dy.Schema):
    """One row per graded estimate: what its letter and its sign rest on."""

    estimate = dy.String(primary_key=True, description="The estimate.")
    start = dy.Enum(["A", "B", "C", "D", "E", "X"], nullable=False, description="The letter of the design.")
    letter = dy.Enum(["A", "B", "C", "D", "E", "X"], nullable=False, description="The letter after the caps.")
    cap = dy.String(nullable=True, description="The cap that decided the letter, if one did.")
    smallest_meant = dy.Float64(
        nullable=True, description="The smallest effect of interest used, in the indicator's unit."
    )
    rule = dy.Enum(
        ["not_shown", "negligible", "found_in_family", "found_alone", "open"],
        nullable=False,
        description="The rule that gave the sign: the first that held.",
    )
    sign = dy.Enum(["+", "-", "(+)", "(-)", "0", "?"], nullable=True, description="What the data say.")


class GradeCaps(dy.Schema):
    """One row per graded estimate, cap and number the cap reads."""

    estimate = dy.String(primary_key=True, description="The estimate.")
    cap = dy.String(primary_key=True, description="The cap, as in docs/methods.md.")
    reads = dy.String(primary_key=True, description="What it reads.")
    value = dy.Float64(nullable=True, description="What that is for this estimate; empty: unknown.")
    limit = dy.Float64(nullable=True, description="What it is held against; empty where that depends on other numbers.")
    holds = dy.Enum(["A", "B", "C", "D", "E", "X"], nullable=False, description="The best letter where it bites.")
    bites = dy.Bool(nullable=False, description="Whether it applies to this estimate.")


class CertainEstimates(GradedEstimates):
    """One row per estimate of a headline for the whole programme, as it would be without the uncertain links.

    Those rest on a chance or on somebody's word. Empty where there are none.
    """


class PublishedEstimates(GradedEstimates):
    """One row per estimate as it may be shown: what is not shown is null."""

    n = dy.Int64(nullable=True, min=0, description="Units it rests on (an effect: the treated ones).")
    population = dy.Int64(nullable=True, min=0, description="Units that should have a value.")
    missing = dy.Int64(nullable=True, min=0, description="Of these, units without one.")
    visibility = dy.Enum(
        ["shown", "bottom_coded", "top_coded", "suppressed"],
        nullable=False,
        description="Shown; a small share shown only as under or over `bound`; or not shown.",
    )
    bound = dy.Float64(nullable=True, description="The bound of a coded share.")
    no_interval = dy.Enum(
        ["few_groups"],
        nullable=True,
        description="Why a shown value has no interval: the groups are too few (df under 4).",
    )
    figures_from = dy.Datetime(
        nullable=True, time_zone="UTC", time_unit="us", description="The release in which this was made anew."
    )


class ArmsBalance(dy.Schema):
    """One row per period, indicator, round, covariate and category: both arms at the registration.

    Of the people whom the effect at that round rests on. `@baseline` is the outcome itself. Internal: it holds small
    groups.
    """

    period = dy.String(primary_key=True, description="The reporting period.")
    indicator = dy.String(primary_key=True, description="The indicator.")
    round = dy.String(primary_key=True, description="The round of the effect.")
    covariate = dy.String(primary_key=True, description="A column of the registration, or `@baseline`.")
    category = dy.String(primary_key=True, description="Of a category's share; empty for an amount.")
    n = dy.Int64(nullable=False, min=0, description="Treated units with a value.")
    n_comparison = dy.Int64(nullable=False, min=0, description="Comparison units with a value.")
    treated = dy.Float64(nullable=True, description="The treated arm's mean or share.")
    comparison = dy.Float64(nullable=True, description="The comparison arm's mean or share.")
    difference = dy.Float64(nullable=True, description="Hedges' g, or Cox's index of a share.")
    treated_matched = dy.Float64(nullable=True, description="Of a matched effect, the treated who are compared.")
    comparison_matched = dy.Float64(nullable=True, description="Whom they are compared with, weighted.")
    difference_matched = dy.Float64(nullable=True, description="The difference of these, against the same spread.")


class Comparability(dy.Schema):
    """One row per period, indicator and round: what its effect for the whole programme can be held to."""

    period = dy.String(primary_key=True, description="The reporting period.")
    indicator = dy.String(primary_key=True, description="The indicator.")
    round = dy.String(primary_key=True, description="The round of the effect.")
    outcome_g = dy.Float64(nullable=True, description="Hedges' g of the outcome at the baseline.")
    covariate_g = dy.Float64(nullable=True, description="The largest difference of a registered covariate.")
    covariate = dy.String(nullable=True, description="Which covariate that is.")
    pre_rounds = dy.Int64(nullable=True, min=0, description="Rounds before entry at which it was measured.")
    pre_trend_p = dy.Float64(nullable=True, min=0, max=1, description="The joint test that trends were alike by then.")
    contamination = dy.Float64(nullable=True, min=0, max=1, description="Of the comparison arm, the share trained.")
    moved = dy.Float64(nullable=True, min=0, max=1, description="The share analysed in another arm than assigned.")


class Seasons(dy.Schema):
    """One row per period, indicator and round: whether changes of an amount of some months carry the season.

    Internal: it tells of few people. Only of indicators with `recall_months` that are no whole year.
    """

    period = dy.String(primary_key=True, description="The reporting period.")
    indicator = dy.String(primary_key=True, description="The indicator.")
    round = dy.String(primary_key=True, description="The round compared with the baseline.")
    share = dy.Float64(
        nullable=False,
        min=0,
        max=1,
        description="Units asked about a calendar month over one month from the baseline's.",
    )
    other_season = dy.Bool(nullable=False, description="Whether these are most of them.")


class Transitions(dy.Schema):
    """One row per period, indicator, round, arm, breakdown, group, and pair of classes."""

    period = dy.String(primary_key=True, description="The reporting period.")
    indicator = dy.String(primary_key=True, description="The indicator.")
    round = dy.String(primary_key=True, description="The round compared with the baseline.")
    arm = dy.String(primary_key=True, description="The arm.")
    by = dy.String(primary_key=True, description="The breakdown.")
    group = dy.String(primary_key=True, description="The group.")
    origin = dy.String(primary_key=True, description="The class at the baseline.")
    destination = dy.String(primary_key=True, description="The class at the round; `closed` or `unknown` too.")
    units = dy.Int64(nullable=False, min=0, description="How many units moved so.")
    share = dy.Float64(nullable=True, min=0, max=1, description="Of the units in `origin`.")
    low = dy.Float64(nullable=True, description="The share's 95 % Wilson interval, lower end.")
    high = dy.Float64(nullable=True, description="Its upper end.")


class PublishedFunnel(Funnel):
    """One row per row of the funnel as it may be shown."""

    people = dy.Int64(nullable=True, min=0, description="How many participants; null where they are too few.")


class PublishedTransitions(Transitions):
    """One row per row of the transitions as it may be shown."""

    units = dy.Int64(nullable=True, min=0, description="How many units moved so; null where they are too few.")


class Release(dy.Schema):
    """One row: which release this is, and how much of it is of an earlier one."""

    number = dy.Int64(primary_key=True, min=1, description="Its number, from 1 on.")
    warehouse = dy.String(nullable=False, description="The version of the warehouse that it was made from.")
    made_at = dy.Datetime(nullable=False, time_zone="UTC", time_unit="us", description="When.")
    standing = dy.Int64(nullable=False, min=0, description="Estimates that stand as an earlier release showed them.")


class Bounds(dy.Schema):
    """One row per estimate and kind: how far what is unknown of those who did not answer could move it.

    `worst_case` of a survival: all unknown closed, or all still operating. `lee` of an effect: Lee's (2009) bounds.
    """

    estimate = dy.String(primary_key=True, description="The estimate, as in estimates.")
    kind = dy.Enum(["worst_case", "lee"], primary_key=True, description="How the bounds come about.")
    period = dy.String(nullable=False, description="The reporting period.")
    indicator = dy.String(nullable=False, description="The indicator.")
    quantity = dy.Enum(["level", "effect"], nullable=False, description="What is bounded.")
    round = dy.String(nullable=False, description="The round.")
    arm = dy.String(nullable=False, description="Whose it is.")
    by = dy.String(nullable=False, description="The breakdown.")
    group = dy.String(nullable=False, description="The group.")
    lower = dy.Float64(nullable=True, description="The lower bound, in the estimate's unit.")
    upper = dy.Float64(nullable=True, description="The upper bound.")
    low = dy.Float64(nullable=True, description="Lower end of the bounds' 95 % interval, where they have one.")
    high = dy.Float64(nullable=True, description="Its upper end.")
    units = dy.Int64(nullable=False, min=0, description="Units unknown, or taken off the arm that answered more.")


class Nonresponse(dy.Schema):
    """One row per period, round, arm, covariate and category: who answered against who did not, at the baseline.

    Of a category its share, of an amount its median.
    """

    period = dy.String(primary_key=True, description="The reporting period.")
    round = dy.String(primary_key=True, description="The follow-up.")
    arm = dy.String(primary_key=True, description="The arm.")
    covariate = dy.String(primary_key=True, description="The column known at the registration.")
    category = dy.String(primary_key=True, description="Its category; empty for an amount.")
    position = dy.Int64(nullable=False, description="The covariate's place in the declaration.")
    answered = dy.Int64(nullable=False, min=0, description="People who answered (of an amount: and had given it).")
    silent = dy.Int64(nullable=False, min=0, description="People due who did not.")
    people_answered = dy.Int64(nullable=False, min=0, description="Of those who answered, in the category.")
    people_silent = dy.Int64(nullable=False, min=0, description="Of those who did not, in the category.")
    of_answered = dy.Float64(nullable=True, description="Share or median of those who answered.")
    of_silent = dy.Float64(nullable=True, description="Share or median of those who did not.")
    difference = dy.Float64(nullable=True, description="Standardised difference: gap / spread of both.")


class PublishedBounds(Bounds):
    """One row per bound that stands beside a published estimate."""

    units = dy.Int64(nullable=True, min=0, description="Not shown: it would tell how many are missing.")


class PublishedNonresponse(Nonresponse):
    """One row per row of nonresponse as it may be shown: null where people are too few."""

    answered = dy.Int64(nullable=True, min=0, description="People who answered (of an amount: and had given it).")
    silent = dy.Int64(nullable=True, min=0, description="People due who did not.")
    people_answered = dy.Int64(nullable=True, min=0, description="Of those who answered, in the category.")
    people_silent = dy.Int64(nullable=True, min=0, description="Of those who did not, in the category.")
