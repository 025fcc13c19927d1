-- Funnel stages of the whole programme that differ from a count of the responses: one row per period and round.
with counted as (
    select
        period,
        round,
        count(*) filter (where due) as due,
        count(*) filter (where answered or closed) as answered,
    from responses
    group by period, round
),

stated as (
    select
        period,
        round,
        max(people) filter (where stage = 'due') as due,
        max(people) filter (where stage = 'answered') as answered,
    from funnel
    where "by" = 'programme' and arm = 'all' and stage in ('due', 'answered')
    group by period, round
)

select
    period,
    round,
from stated
left join counted using (period, round)
where
    counted.due is distinct from stated.due
    or counted.answered is distinct from stated.answered
