-- NATURAL without schemas
-- dialect: postgres
-- input: db.s.a
-- input: db.s.b
-- output: db.s.o
-- edge: x <- db.s.a.x IDENTITY
-- gap: * Unsupported a natural join of tables whose columns are not known
-- gap: y AmbiguousColumn
select a.x, y from a natural join b
