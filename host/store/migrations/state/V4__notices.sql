-- Groups of alerts and what was told of them; silences and acknowledgements; alerts that others bring.

ALTER TABLE alerts ADD COLUMN link TEXT NOT NULL DEFAULT '';
ALTER TABLE alerts ADD COLUMN expires_at INTEGER;
ALTER TABLE events ADD COLUMN link TEXT NOT NULL DEFAULT '';
ALTER TABLE events ADD COLUMN expires_at INTEGER;
-- Channels to try where this one fails, as a JSON list.
ALTER TABLE deliveries ADD COLUMN fallbacks TEXT NOT NULL DEFAULT '[]';

CREATE TABLE notice_groups (
    key        TEXT NOT NULL PRIMARY KEY,
    labels     TEXT NOT NULL,
    anchor     INTEGER NOT NULL,
    flushed_at INTEGER,
    -- When each channel was last told, as a JSON object.
    told_at    TEXT NOT NULL
) WITHOUT ROWID;

CREATE TABLE notice_members (
    group_key   TEXT NOT NULL,
    rule        TEXT NOT NULL,
    labels      TEXT NOT NULL,
    annotations TEXT NOT NULL,
    state       TEXT NOT NULL,
    active_at   INTEGER NOT NULL,
    fired_at    INTEGER,
    value       INTEGER NOT NULL,
    link        TEXT NOT NULL,
    expires_at  INTEGER,
    ended_at    INTEGER,
    -- What each channel was last told, as a JSON object.
    told        TEXT NOT NULL,
    PRIMARY KEY (group_key, rule, labels)
) WITHOUT ROWID;

CREATE TABLE silences (
    id         TEXT NOT NULL PRIMARY KEY,
    conditions TEXT NOT NULL,
    starts_at  INTEGER NOT NULL,
    ends_at    INTEGER NOT NULL,
    updated_at INTEGER NOT NULL,
    author     TEXT NOT NULL,
    comment    TEXT NOT NULL
) WITHOUT ROWID;
CREATE INDEX silences_by_end ON silences (ends_at);

CREATE TABLE acknowledgements (
    target  TEXT NOT NULL PRIMARY KEY,
    author  TEXT NOT NULL,
    comment TEXT NOT NULL,
    at      INTEGER NOT NULL,
    until   INTEGER
) WITHOUT ROWID;

-- Whoever was told of what fires now was told before there were groups: it is not told again, and its end is. The group
-- without a name holds that until routes are known.
INSERT INTO notice_groups (key, labels, anchor, flushed_at, told_at)
    SELECT '', '{}', 0, NULL, '{}' WHERE EXISTS (SELECT 1 FROM alerts WHERE state = 'firing');
INSERT INTO notice_members
    (group_key, rule, labels, annotations, state, active_at, fired_at, value, link, expires_at, ended_at, told)
    SELECT '', rule, labels, annotations, state, active_at, fired_at, value, '', NULL, NULL,
           (SELECT json_group_object(channel, 'firing') FROM (SELECT DISTINCT channel FROM deliveries))
    FROM alerts WHERE state = 'firing' AND NOT EXISTS (
        SELECT 1 FROM events
        WHERE planned = 0 AND kind = 'firing' AND events.rule = alerts.rule AND events.labels = alerts.labels);
-- And one that has ended, of which nobody was told yet.
INSERT OR IGNORE INTO notice_groups (key, labels, anchor, flushed_at, told_at)
    SELECT '', '{}', 0, NULL, '{}' WHERE EXISTS (SELECT 1 FROM events WHERE planned = 0 AND kind = 'resolved');
INSERT OR IGNORE INTO notice_members
    (group_key, rule, labels, annotations, state, active_at, fired_at, value, link, expires_at, ended_at, told)
    SELECT '', rule, labels, annotations, 'firing', active_at, fired_at, value, '', NULL, NULL,
           (SELECT json_group_object(channel, 'firing') FROM (SELECT DISTINCT channel FROM deliveries))
    FROM events AS own WHERE planned = 0 AND kind = 'resolved' AND NOT EXISTS (
        SELECT 1 FROM events AS other
        WHERE other.planned = 0 AND other.kind = 'firing' AND other.rule = own.rule AND other.labels = own.labels);
