-- EXCEPT
-- dialect: bigquery
-- input: p.d.t(a, b, c)
-- output: p.d.o
-- edge: a <- p.d.t.a IDENTITY
-- edge: bb <- p.d.t.b IDENTITY
-- edge: c <- p.d.t.c IDENTITY
select * except (b), b as bb from `p.d.t`
