-- QUALIFY filters by a window
-- dialect: snowflake
-- input: db.s.t(id, at, v)
-- output: db.s.o
-- edge: * <- db.s.t.at FILTER
-- edge: * <- db.s.t.id FILTER
-- edge: ID <- db.s.t.id IDENTITY
-- edge: V <- db.s.t.v IDENTITY
select id, v from t qualify row_number() over (partition by id order by at desc) = 1
