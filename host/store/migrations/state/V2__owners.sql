-- When somebody last vouched for an owner of kept values: what nobody asks for any more goes after a time.

CREATE TABLE owners (
    owner   TEXT PRIMARY KEY,
    seen_at INTEGER NOT NULL
) WITHOUT ROWID;
