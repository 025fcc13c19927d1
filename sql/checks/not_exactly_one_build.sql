-- A warehouse that does not say once what it was made from: one row if so.
select count(*) as builds,
from build
having count(*) != 1
