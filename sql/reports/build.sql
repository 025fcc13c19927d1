-- What was this warehouse made from?
select
    programme,
    input_id,
    code_version,
    configuration,
    built_at,
from build
