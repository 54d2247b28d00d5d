-- recursion settles
-- dialect: postgres
-- input: db.s.e(id, manager_id, name)
-- output: db.s.o
-- edge: * <- db.s.e.id JOIN
-- edge: * <- db.s.e.manager_id FILTER JOIN
-- edge: id <- db.s.e.id IDENTITY
-- edge: path <- db.s.e.name IDENTITY TRANSFORMATION
with recursive tree(id, boss, path) as (select id, manager_id, name from e where manager_id is null union all select e.id, e.manager_id, t.path || e.name from e join tree t on e.manager_id = t.id) select id, path from tree
