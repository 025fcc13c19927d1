-- Responses answered in a round in which nobody was asked: one row per response.
select
    participant,
    round,
from responses
where answered and not due
