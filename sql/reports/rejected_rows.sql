-- Which submissions were set aside, and why? One row a submission and reason.
select
    source,
    submission,
    field,
    rule,
from rejects
order by source, file, row, field, rule
