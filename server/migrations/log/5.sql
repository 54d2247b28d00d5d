-- Payloads may be packed with a dictionary (server/dictionaries/1.dict) from here on. Rows stay as they are: a frame says
-- whether it needs one. The number of the format keeps programs away that have no dictionary.
SELECT 1;
