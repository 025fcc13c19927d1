-- Follow-up sources whose submissions are not all told by how they found their person: one row per source.
with told as (
    select
        source,
        sum(submissions) as accepted,
        coalesce(sum(submissions) filter (where method = 'doubtful'), 0) as doubtful,
        coalesce(sum(submissions) filter (where method = 'unmatched'), 0) as orphans,
    from link_methods
    where kind = 'follow_up'
    group by source
)

select
    source,
    links.accepted,
    links.doubtful,
    links.orphans,
    told.accepted as accepted_by_method,
    told.doubtful as doubtful_by_method,
    told.orphans as orphans_by_method,
from links
full join told using (source)
where
    (links.accepted > 0 or told.accepted is not null)
    and (
        links.accepted is distinct from told.accepted
        or links.doubtful is distinct from told.doubtful
        or links.orphans is distinct from told.orphans
    )
