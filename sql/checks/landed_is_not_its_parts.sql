-- Sources whose landed submissions are not accounted for: one row per source.
select
    source,
    landed,
    accepted,
    rejected,
    duplicates,
    superseded,
    deleted,
from balance
where landed != accepted + rejected + duplicates + superseded + deleted
