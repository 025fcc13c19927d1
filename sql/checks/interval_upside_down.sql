-- Estimates whose interval's lower end is above its upper end: one row per estimate.
select
    estimate,
    low,
    high,
from estimates
where low > high
