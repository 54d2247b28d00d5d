-- Snowflake: columns of a staged file by number
-- dialect: snowflake
-- input: db.s.t
-- output: db.s.o
-- edge: ID <- db.s.t.ID IDENTITY
-- gap: A Unsupported a column by number
select $1 as a, t.id from t
