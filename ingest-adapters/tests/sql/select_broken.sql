-- no SQL
-- dialect: postgres
-- input: db.s.t
-- output: db.s.o
-- unproven: NotParsed 1:1
selec * frm public.orders wher
