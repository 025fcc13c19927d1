-- Which groups does each breakdown have, and what are they called?
select
    "by",
    "group",
    kind,
    title_th,
    title_en,
    position,
from groups
order by "by", position
