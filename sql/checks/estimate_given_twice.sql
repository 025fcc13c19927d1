-- Estimates with the same id: one row per id.
select
    estimate,
    count(*) as estimates,
from estimates
group by estimate
having count(*) > 1
