-- How did each source's last pull go, and from when are its data?
select
    source,
    status,
    reason,
    attempted_at,
    data_as_of,
    files,
    rows,
from pulls
order by source
