-- What is left of a day once its samples are forgotten: one row for each series and merged day, numbered as those of `days`,
-- with the figures of each 5 minutes, and of each hour.
CREATE TABLE rollups_5m (
    id   INTEGER PRIMARY KEY,
    data BLOB NOT NULL
);
CREATE TABLE rollups_1h (
    id   INTEGER PRIMARY KEY,
    data BLOB NOT NULL
);
