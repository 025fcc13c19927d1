-- What that a gate held back has a person said to be right, who, when and why?
select
    source,
    acknowledged_at,
    gate,
    rows_before,
    rows,
    "by",
    reason,
from acknowledgements
order by acknowledged_at, source
