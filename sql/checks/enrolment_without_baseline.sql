-- Enrolled people without any response, not even the registration's: one row per participant.
select distinct participant,
from enrolments
anti join responses using (participant)
