-- a declared name may be a variable or a column
-- dialect: bigquery
-- input: p.d.t(id, at)
-- output: p.d.o
-- edge: id <- p.d.t.id IDENTITY
-- gap: * Unsupported a variable that may be a column
-- gap: s Unsupported a variable that may be a column
declare since date default current_date(); create table `p.d.o` as select id, since as s from `p.d.t` where at > since
