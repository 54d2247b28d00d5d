-- no dialect: strictest
-- input: db.s.t(id, cents)
-- output: db.s.o
-- edge: cents <- db.s.t.cents TRANSFORMATION
-- gap: channel UnknownColumn
-- gap: id AmbiguousColumn
select id, cents + 1 as cents, "web" as channel, t.id + 1 as id from t
