-- Which size classes did one scope's units move between?
select
    period,
    indicator,
    round,
    arm,
    "by",
    "group",
    origin,
    destination,
    units,
    share,
    low,
    high,
from transitions
where
    period = $period
    and "by" = $by
    and "group" = $group
order by indicator, round, arm, origin, destination
