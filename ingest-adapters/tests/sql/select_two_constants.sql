-- a word that is no column, beside two tables
-- dialect: oracle
-- input: db.s.a
-- input: db.s.b
-- output: db.s.o
-- edge: * <- db.s.a.ID JOIN
-- edge: * <- db.s.b.ID JOIN
-- edge: X <- db.s.a.X IDENTITY
-- constant: AT
select a.x, sysdate as at from a join b on a.id = b.id
