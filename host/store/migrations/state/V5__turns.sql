-- Each channel takes its own, the oldest first, and none looks through another's.
DROP INDEX deliveries_open;
CREATE INDEX deliveries_due ON deliveries (channel, due_at) WHERE state IN ('waiting', 'claimed');
CREATE INDEX deliveries_oldest ON deliveries (channel, created_at, id, due_at) WHERE state IN ('waiting', 'claimed');
