-- Declarations of datasets are found by their dataset, as those of jobs are by their job.
CREATE INDEX event_dataset ON event (dataset) WHERE kind = 2;
