-- quoted names are exact, then without case against the schema
-- dialect: postgres
-- input: db.s.t(Id, name, Name)
-- output: db.s.o
-- edge: a <- db.s.t.Id IDENTITY
-- edge: b <- db.s.t.Name IDENTITY
-- edge: c <- db.s.t.Id IDENTITY
-- edge: d <- db.s.t.Id IDENTITY
select "Id" as a, "Name" as b, id as c, "ID" as d from t
