-- a table as a value
-- dialect: postgres
-- input: db.s.t
-- output: db.s.o
-- edge: id <- db.s.t.id IDENTITY
-- gap: whole Unsupported a whole row as a value
select t as whole, id from t
