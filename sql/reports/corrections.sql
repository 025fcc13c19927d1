-- What was changed by hand, by whom and why? One row per kind of change.
select
    field,
    action,
    reason,
    corrected_by,
    corrected_on,
    count(*) as submissions,
from corrections
group by field, action, reason, corrected_by, corrected_on
order by corrected_on desc, field asc, action asc, reason asc, corrected_by asc
