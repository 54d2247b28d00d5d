-- a star over unknown columns, and a column beside it
-- dialect: snowflake
-- input: db.s.t
-- output: db.s.o
-- edge: LOUD <- db.s.t.NAME TRANSFORMATION
-- gap: * StarWithoutSchema
select *, upper(name) as loud from t
