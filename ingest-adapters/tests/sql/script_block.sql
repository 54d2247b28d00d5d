-- a block of a procedural dialect
-- dialect: snowflake
-- input: db.s.t
-- output: db.s.o
-- unproven: Unsupported a statement of the script
begin insert into o (id) select id from t; end
