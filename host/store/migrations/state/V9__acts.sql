-- Which alert an event is of, by its fingerprint; empty in rows of before. And who did what about alerts.

ALTER TABLE events ADD COLUMN fingerprint TEXT NOT NULL DEFAULT '';
CREATE INDEX events_by_alert ON events (fingerprint, id);

CREATE TABLE acts (
    id     INTEGER PRIMARY KEY AUTOINCREMENT,
    target TEXT NOT NULL,
    deed   TEXT NOT NULL,
    author TEXT NOT NULL,
    text   TEXT NOT NULL,
    at     INTEGER NOT NULL,
    until  INTEGER
);
CREATE INDEX acts_by_target ON acts (target, id);
CREATE INDEX acts_by_time ON acts (at);
