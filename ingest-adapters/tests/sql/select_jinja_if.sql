-- a template that was not rendered
-- dialect: duckdb
-- input: db.s.t
-- output: db.s.o
-- unproven: NotParsed 1:11
select a {% if x %}, b {% endif %} from t
