-- What was accepted only after a repair or with a doubt?
select
    source,
    field,
    rule,
    count,
from warnings
order by source, field, rule
