-- What became of each source's submissions?
select
    source,
    form,
    landed,
    accepted,
    rejected,
    duplicates,
    superseded,
    deleted,
from balance
order by source
