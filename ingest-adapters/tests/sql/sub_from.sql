-- a subquery in FROM
-- dialect: postgres
-- input: db.s.a
-- output: db.s.o
-- edge: * <- db.s.a.live FILTER
-- edge: * <- db.s.a.x GROUP_BY
-- edge: y <- db.s.a.x TRANSFORMATION
-- constant: n
select q.y, q.n from (select x + 1 as y, count(*) as n from a where live group by x) q where q.n > 1
