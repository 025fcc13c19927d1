-- Grades whose letter is not the worst of the design's start and the caps that bite: one row per estimate.
-- Letters stand in the order of the alphabet, the worst last.
with bitten as (
    select
        estimate,
        max(holds::varchar) as worst,
    from grade_caps
    where bites
    group by estimate
)

select
    grades.estimate,
    grades.start,
    grades.letter,
    bitten.worst,
from grades
left join bitten using (estimate)
where grades.letter::varchar != greatest(grades.start::varchar, coalesce(bitten.worst, grades.start::varchar))
