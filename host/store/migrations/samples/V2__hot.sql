-- What was appended and is not yet in `samples`, one row for each append. Appended at the end and deleted as a whole,
-- so that a commit of many series writes one page and not one for each series.
CREATE TABLE hot (
    id      INTEGER PRIMARY KEY,
    samples BLOB NOT NULL
);

-- Rows of `hot` that could not be read, kept for whoever wants to look.
CREATE TABLE hot_unreadable (
    id      INTEGER PRIMARY KEY,
    samples BLOB,
    reason  TEXT NOT NULL
);
