-- a statement that writes inside of a query
-- dialect: postgres
-- input: db.s.a
-- output: db.s.o
-- unproven: Unsupported a statement that writes inside of a query
with moved as (delete from a returning id, v) insert into o (id, v) select id, v from moved
