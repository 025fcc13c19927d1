-- How many people registered in a period, by every group of every breakdown?
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
    and arm = 'all'
    and stage = 'registered'
order by "by", "group"
