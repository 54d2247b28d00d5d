-- JSON paths
-- dialect: snowflake
-- input: db.s.t
-- output: db.s.o
-- edge: A <- db.s.t.SRC TRANSFORMATION
-- edge: NAME <- db.s.t.SRC TRANSFORMATION
select src:customer.name::string as name, src['a'] as a from t
