-- Responses without exactly one row of measurements, and the other way round: one row per participant and round.
with both_tables as (
    select
        participant,
        round,
        1 as responded,
        0 as measured,
    from responses
    union all
    select
        participant,
        round,
        0 as responded,
        1 as measured,
    from measurements
)

select
    participant,
    round,
from both_tables
group by participant, round
having sum(responded) != 1 or sum(measured) != 1
