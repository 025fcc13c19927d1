-- Bounds whose lower one is above the upper one.
select estimate,
from bounds
where lower > upper
