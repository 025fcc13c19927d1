-- How far could what is unknown of those who did not answer move the estimates of one scope?
select
    estimate,
    kind,
    period,
    indicator,
    quantity,
    round,
    arm,
    "by",
    "group",
    lower,
    upper,
    low,
    high,
    units,
from bounds
where
    period = $period
    and "by" = $by
    and "group" = $group
order by estimate, kind
