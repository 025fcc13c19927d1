-- Follow-up sources whose accepted submissions are not accounted for: one row per source.
select
    source,
    links.accepted,
    balance.accepted as accepted_by_balance,
from links
left join balance using (source)
where
    links.accepted
    != links.linked + links.orphans + links.doubtful + links.without_consent + links.conflicts + links.unit_slips
    or links.accepted is distinct from balance.accepted
