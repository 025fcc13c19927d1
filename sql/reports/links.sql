-- What became of each follow-up source's accepted submissions?
select
    source,
    accepted,
    linked,
    orphans,
    doubtful,
    without_consent,
    conflicts,
    unit_slips,
from links
order by source
