-- oracle: merge
-- dialect: snowflake
-- input: s
-- output: t
-- edge: * <- s.ID JOIN
-- edge: ID <- s.ID IDENTITY
-- edge: V <- s.V IDENTITY
merge into t using s on t.id = s.id when matched then update set v = s.v when not matched then insert (id, v) values (s.id, s.v)
