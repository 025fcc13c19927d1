-- Participants with more than one response to a round: one row per participant and round.
select
    participant,
    round,
    count(*) as responses,
from responses
group by participant, round
having count(*) > 1
