-- Estimates of an unknown indicator or an unknown group: one row per estimate.
select estimates.estimate,
from estimates
left join indicators using (indicator)
left join groups using ("by", "group")
where
    indicators.title_en is null
    or groups.kind is null
