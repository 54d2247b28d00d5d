-- PIVOT is not followed
-- dialect: snowflake
-- input: db.s.t(id, m, v)
-- output: db.s.o
-- edge: ID <- db.s.t.id IDENTITY
-- gap: V Unsupported PIVOT
select id, p.v from t, (select * from t pivot(sum(v) for m in ('a', 'b'))) p
