-- in SQLite double quotes may be text
-- dialect: sqlite
-- input: main.t
-- output: main.o
-- edge: a <- main.t.a IDENTITY
-- gap: channel UnknownColumn
select a, "web" as channel from t
