-- a procedure may write anything
-- dialect: postgres
-- input: db.s.a
-- output: db.s.o
-- edge: id <- db.s.a.id IDENTITY
-- gap: * Unsupported a statement of the script
create table o as select id from a; call refresh_everything()
