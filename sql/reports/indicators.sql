-- Which indicators does the warehouse hold, as declared when it was built?
select
    indicator,
    position,
    section,
    statistic,
    value,
    population,
    shown_as,
    better,
    headline,
    target,
    title_th,
    title_en,
    unit_th,
    unit_en,
    version,
from indicators
order by position
