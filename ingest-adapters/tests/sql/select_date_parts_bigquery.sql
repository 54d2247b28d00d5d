-- the part comes last
-- dialect: bigquery
-- input: p.d.t
-- output: p.d.o
-- edge: d <- p.d.t.ended TRANSFORMATION
-- edge: d <- p.d.t.started TRANSFORMATION
-- edge: m <- p.d.t.at TRANSFORMATION
-- edge: w <- p.d.t.at TRANSFORMATION
-- gap: unclear AmbiguousColumn
select date_diff(ended, started, day) as d, date_trunc(at, month) as m, timestamp_trunc(at, week(monday)) as w, date_diff(day, started, week) as unclear from `p.d.t`
