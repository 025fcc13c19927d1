-- Which estimates does one scope have, by period and group?
select
    estimate,
    period,
    indicator,
    quantity,
    round,
    arm,
    "by",
    "group",
    term,
    method,
    value,
    standard_error,
    low,
    high,
    n,
    n_comparison,
    observations,
    numerator,
    population,
    missing,
    clusters,
    clusters_comparison,
    df,
    p_value,
    q_value,
    smallest_detectable,
    baseline_sd,
    response,
    attrition_overall,
    attrition_differential,
    weights,
    kish_deff,
    letter,
    sign,
    cap,
from estimates
where
    period = $period
    and "by" = $by
    and "group" = $group
order by estimate
