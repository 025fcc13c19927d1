-- How does it stand with everybody at every round? One row a participant and round; which columns depends on the forms.
select columns(lambda name: list_contains($columns, name)),
from responses
