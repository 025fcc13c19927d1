-- Funnels in which a later stage holds more people than the one before: one row per funnel.
with stages as (
    select
        period,
        "by",
        "group",
        arm,
        round,
        max(people) filter (where stage = 'registered') as registered,
        max(people) filter (where stage = 'consented') as consented,
        max(people) filter (where stage = 'completed') as completed,
        max(people) filter (where stage = 'due') as due,
        max(people) filter (where stage = 'answered') as answered,
    from funnel
    group by period, "by", "group", arm, round
)

select
    period,
    "by",
    "group",
    arm,
    round,
from stages
where
    registered < consented
    or consented < completed
    or due < answered
