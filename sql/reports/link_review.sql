-- How many doubtful pairs wait for a person's word, and how many are decided?
select
    state,
    pairs,
from link_review
order by state
