-- PostgreSQL knows no such aliases
-- dialect: postgres
-- input: db.s.t(id, cents)
-- output: db.s.o
-- edge: euros <- db.s.t.cents TRANSFORMATION
-- edge: twice <- db.s.t.euros TRANSFORMATION
select cents / 100 as euros, euros * 2 as twice from t
