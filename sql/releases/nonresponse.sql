-- How did those who answered the follow-ups of one period differ, at the registration, from those who did not?
select
    period,
    round,
    arm,
    covariate,
    category,
    position,
    answered,
    silent,
    people_answered,
    people_silent,
    of_answered,
    of_silent,
    difference,
from nonresponse
where period = $period
order by round, arm, position, category
