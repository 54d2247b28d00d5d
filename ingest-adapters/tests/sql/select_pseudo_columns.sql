-- words without parentheses that are no columns
-- dialect: oracle
-- input: db.s.t
-- output: db.s.o
-- edge: ID <- db.s.t.ID IDENTITY
-- constant: AT
-- constant: WHO
-- gap: RN Unsupported a pseudo-column
select id, sysdate as at, rownum as rn, current_user as who from t
