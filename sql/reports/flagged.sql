-- What should somebody look at? One row a flag.
select
    source,
    submission,
    field,
    "check",
    detail,
    "group",
    accepted,
from flags
order by "check", source, field, submission, "group"
