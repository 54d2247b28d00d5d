-- a template that was not rendered
-- dialect: postgres
-- input: db.s.t
-- output: db.s.o
-- unproven: NotParsed 1:16
select * from {{ ref('t') }}
