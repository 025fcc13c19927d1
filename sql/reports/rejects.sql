-- How many submissions of each source were set aside, by question and rule?
select
    source,
    field,
    rule,
    count(*) as submissions,
from rejects
group by source, field, rule
order by source, field, rule
