-- DISTINCT ON decides
-- dialect: postgres
-- input: db.s.t
-- output: db.s.o
-- edge: * <- db.s.t.at SORT
-- edge: * <- db.s.t.customer GROUP_BY SORT
-- edge: amount <- db.s.t.amount IDENTITY
-- edge: customer <- db.s.t.customer IDENTITY
select distinct on (customer) customer, amount from t order by customer, at desc
