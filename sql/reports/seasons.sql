-- Which changes are of amounts of another season than the baseline's?
select
    indicator,
    round,
from seasons
where
    period = $period
    and other_season
order by
    indicator,
    round
