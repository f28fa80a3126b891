-- What an admin approved for an instance: the build, what it asked, and the grant of then, as JSON.
CREATE TABLE approvals (
    instance TEXT NOT NULL PRIMARY KEY,
    approval TEXT NOT NULL
) WITHOUT ROWID;
