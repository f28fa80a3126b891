-- Numbers are never used again: a reader may still hold one of a series that has just been forgotten.
CREATE TABLE series (
    id     INTEGER PRIMARY KEY AUTOINCREMENT,
    -- JSON object, names in order: the same labels are the same text.
    labels TEXT NOT NULL UNIQUE
);

-- `value` holds the 64 bits of the double: SQLite would turn NaN into NULL, and the stale marker is a NaN of its own.
CREATE TABLE samples (
    series INTEGER NOT NULL,
    time   INTEGER NOT NULL,
    value  INTEGER NOT NULL,
    PRIMARY KEY (series, time)
) WITHOUT ROWID;

CREATE TABLE families (
    name TEXT PRIMARY KEY,
    kind TEXT NOT NULL,
    help TEXT NOT NULL,
    unit TEXT NOT NULL
) WITHOUT ROWID;
