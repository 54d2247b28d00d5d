-- a function that makes rows reads nothing
-- dialect: postgres
-- output: db.public.t(a, b)
-- constant: a
-- constant: b
insert into t select g, g * 2 from generate_series(1, 40) g
