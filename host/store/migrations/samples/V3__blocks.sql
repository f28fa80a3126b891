-- Samples lie in blocks from now on: see `store/sqlite/samples`. What the tables before hold is converted when the store
-- opens, series by series.
ALTER TABLE samples RENAME TO old_samples;
ALTER TABLE series RENAME TO old_series;

-- `labels` are canonical bytes: for each label the length of name and value (two bytes each), the name, the value. Numbers
-- are never used again: a reader may still hold one of a series that has just been forgotten.
CREATE TABLE series (
    id     INTEGER PRIMARY KEY AUTOINCREMENT,
    labels BLOB NOT NULL,
    source TEXT NOT NULL DEFAULT ''
);

-- One row for each series and two hours, and one for each series and day: `number of the window or day << 32 | series`.
CREATE TABLE windows (
    id   INTEGER PRIMARY KEY,
    data BLOB NOT NULL
);
CREATE TABLE days (
    id   INTEGER PRIMARY KEY,
    data BLOB NOT NULL
);

-- What could not be read, kept for whoever wants to look: the table and row where it was, and why.
CREATE TABLE set_aside (
    id     INTEGER PRIMARY KEY,
    place  TEXT NOT NULL,
    number INTEGER NOT NULL,
    data   BLOB,
    reason TEXT NOT NULL
);
INSERT INTO set_aside (place, number, data, reason) SELECT 'hot', id, samples, reason FROM hot_unreadable;
DROP TABLE hot_unreadable;

-- Moments to remember: before `horizon`, samples are forgotten.
CREATE TABLE moments (
    name TEXT PRIMARY KEY,
    time INTEGER NOT NULL
) WITHOUT ROWID;
