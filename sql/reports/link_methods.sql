-- By what did follow-ups find their people, and registrations an earlier one of the same person?
select
    kind,
    method,
    cast(sum(submissions) as bigint) as submissions,
from link_methods
group by kind, method
order by kind, method
