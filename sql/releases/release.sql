-- Which release is this, and how much of it is of an earlier one?
select
    number,
    warehouse,
    made_at,
    standing,
from release
