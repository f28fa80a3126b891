-- How much each channel of a receiver was told of late, and since when a digest gathers what is over that.

CREATE TABLE notice_rates (
    receiver      TEXT NOT NULL,
    channel       TEXT NOT NULL,
    -- Moments, as a JSON list.
    told          TEXT NOT NULL,
    digest_at     INTEGER,
    gathers_since INTEGER,
    put_off       INTEGER NOT NULL,
    PRIMARY KEY (receiver, channel)
) WITHOUT ROWID;
