-- What became of a delivery at each of those it was told to.

CREATE TABLE receipts (
    delivery TEXT NOT NULL,
    person   TEXT NOT NULL,
    step     TEXT NOT NULL,
    -- The far side's name for the message.
    id       TEXT,
    answer   TEXT NOT NULL,
    at       INTEGER NOT NULL,
    PRIMARY KEY (delivery, person)
) WITHOUT ROWID;
CREATE INDEX receipts_by_person ON receipts (person, at);
CREATE TRIGGER receipts_go_with_their_delivery AFTER DELETE ON deliveries
BEGIN
    DELETE FROM receipts WHERE delivery = OLD.key;
END;
