-- a semi join shows its left side only
-- dialect: spark
-- input: db.a(k, x)
-- input: db.b(k, y)
-- output: db.o
-- edge: * <- db.a.k JOIN
-- edge: * <- db.b.k JOIN
-- edge: k <- db.a.k IDENTITY
-- edge: x <- db.a.x IDENTITY
select * from a left semi join b on a.k = b.k
