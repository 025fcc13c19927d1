-- Where does each submission that was set aside stand, and why? One row a submission and reason.
select
    source,
    file,
    row,
    field,
    rule,
from rejects
order by source, file, row, field, rule
