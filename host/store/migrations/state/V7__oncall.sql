-- How far escalations have come; overrides of who is on call; reminders of silences.

-- As JSON.
ALTER TABLE notice_groups ADD COLUMN climb TEXT;
-- How long before its end its author is reminded: as the files say, where it is null.
ALTER TABLE silences ADD COLUMN remind INTEGER;
ALTER TABLE silences ADD COLUMN reminded INTEGER NOT NULL DEFAULT 0;

CREATE TABLE overrides (
    id        TEXT NOT NULL PRIMARY KEY,
    schedule  TEXT NOT NULL,
    person    TEXT NOT NULL,
    starts_at INTEGER NOT NULL,
    ends_at   INTEGER NOT NULL,
    author    TEXT NOT NULL,
    made_at   INTEGER NOT NULL,
    comment   TEXT NOT NULL
) WITHOUT ROWID;
