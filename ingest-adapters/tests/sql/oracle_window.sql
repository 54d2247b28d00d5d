-- oracle: window
-- dialect: bigquery
-- input: p.d.t
-- output: p.d.out
-- edge: id <- p.d.t.id IDENTITY
-- edge: rn <- p.d.t.g WINDOW
-- edge: rn <- p.d.t.ts WINDOW
select id, row_number() over (partition by g order by ts) rn from `p.d.t`
