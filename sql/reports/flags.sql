-- How many flags did each check raise, and how many of them has a person accepted?
select
    "check",
    count(*) as flags,
    count(*) filter (accepted) as accepted,
from flags
group by "check"
order by "check"
