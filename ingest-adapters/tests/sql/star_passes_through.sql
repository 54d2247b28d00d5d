-- a name beyond a star of unknown columns
-- dialect: bigquery
-- input: p.d.t
-- output: p.d.o
-- edge: a <- p.d.t.a IDENTITY
-- gap: b UnknownColumn
with s as (select * except (b) from `p.d.t`) select a, b from s
