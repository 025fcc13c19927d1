-- How was each primary indicator stated, and since when is it frozen?
select
    indicator,
    standing,
    definition,
    frozen_at,
from indicators
where role = 'primary'
order by position
