-- Doubles are stored as their 64 bits, as SQLite knows no NaN; label sets as JSON objects, names in order.

CREATE TABLE alerts (
    rule        TEXT NOT NULL,
    labels      TEXT NOT NULL,
    annotations TEXT NOT NULL,
    state       TEXT NOT NULL,
    active_at   INTEGER NOT NULL,
    fired_at    INTEGER,
    value       INTEGER NOT NULL,
    PRIMARY KEY (rule, labels)
) WITHOUT ROWID;

CREATE TABLE events (
    id          INTEGER PRIMARY KEY AUTOINCREMENT,
    kind        TEXT NOT NULL,
    at          INTEGER NOT NULL,
    rule        TEXT NOT NULL,
    labels      TEXT NOT NULL,
    annotations TEXT NOT NULL,
    state       TEXT NOT NULL,
    active_at   INTEGER NOT NULL,
    fired_at    INTEGER,
    value       INTEGER NOT NULL,
    planned     INTEGER NOT NULL DEFAULT 0
);
CREATE INDEX events_unplanned ON events (id) WHERE planned = 0;
CREATE INDEX events_by_time ON events (at);

CREATE TABLE deliveries (
    id           INTEGER PRIMARY KEY AUTOINCREMENT,
    key          TEXT NOT NULL UNIQUE,
    channel      TEXT NOT NULL,
    -- What is told in order, on the same channel.
    line         TEXT NOT NULL,
    notification TEXT NOT NULL,
    -- The alerts' values, in their order.
    alert_values TEXT NOT NULL,
    created_at   INTEGER NOT NULL,
    attempts     INTEGER NOT NULL DEFAULT 0,
    state        TEXT NOT NULL DEFAULT 'waiting',
    -- Waiting: when it may be taken. Claimed: when the claim runs out. Else: when it ended.
    due_at       INTEGER NOT NULL,
    answer       TEXT NOT NULL DEFAULT ''
);
CREATE INDEX deliveries_open ON deliveries (due_at) WHERE state IN ('waiting', 'claimed');
CREATE INDEX deliveries_in_order ON deliveries (channel, line, id) WHERE state IN ('waiting', 'claimed');
CREATE INDEX deliveries_done ON deliveries (due_at) WHERE state IN ('delivered', 'dead');

CREATE TABLE kept (
    owner TEXT NOT NULL,
    key   TEXT NOT NULL,
    value BLOB NOT NULL,
    PRIMARY KEY (owner, key)
) WITHOUT ROWID;
