-- How often alerts of a rule began or ended of late, where the rule asks for that.

CREATE TABLE flaps (
    rule       TEXT NOT NULL,
    labels     TEXT NOT NULL,
    -- Moments, as a JSON list.
    changes    TEXT NOT NULL,
    since      INTEGER,
    is_true    INTEGER NOT NULL,
    true_since INTEGER,
    PRIMARY KEY (rule, labels)
) WITHOUT ROWID;
