-- How did each source's last pull go, from when are its data, and are they too old?
select
    source,
    status,
    reason,
    attempted_at,
    data_as_of,
    data_from,
    stale_from,
    stale,
    files,
    rows,
from pulls
order by source
