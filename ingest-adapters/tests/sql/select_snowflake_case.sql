-- Snowflake keeps names without quotes in capitals
-- dialect: snowflake
-- input: DB.S.T
-- output: DB.S.O
-- edge: ID <- DB.S.T.ID IDENTITY
-- edge: lower <- DB.S.T.lower IDENTITY
select id, "lower" from t
