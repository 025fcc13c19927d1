-- Estimates whose grade is not the one of `grades`, or that lack the caps behind it: one row per estimate.
with capped as (
    select distinct estimate,
    from grade_caps
)

select estimate,
from estimates
full join grades using (estimate)
left join capped using (estimate)
where
    estimates.letter::varchar is distinct from grades.letter::varchar
    or estimates.sign::varchar is distinct from grades.sign::varchar
    or estimates.cap is distinct from grades.cap
    or (grades.letter is not null and capped.estimate is null)
