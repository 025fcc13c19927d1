-- Responses of people who are not enrolled, such as those without consent: one row per response.
select
    participant,
    responses.round,
from responses
anti join enrolments using (participant)
