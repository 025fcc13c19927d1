-- How many people of one scope got how far?
select
    period,
    "by",
    "group",
    arm,
    round,
    stage,
    people,
from funnel
where
    period = $period
    and "by" = $by
    and "group" = $group
order by round, stage, arm
