-- a partition
-- dialect: hive
-- input: db.a
-- output: db.o(id, v, ds)
-- unproven: Unsupported an INSERT into a partition
insert overwrite table o partition (ds='2026-01-01') select id, v from a
