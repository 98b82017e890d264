-- +goose Up

-- What the offices say about notices (record "notice.answered").
ALTER TABLE notice ADD COLUMN answered_at BIGINT NOT NULL DEFAULT 0;  -- 0 = not yet
ALTER TABLE notice ADD COLUMN refusal TEXT NOT NULL DEFAULT '';       -- JSON; '' = carried out

-- Booked slots: wishes of the city, and what the office's record says of them.
CREATE TABLE appointment (
    office_id      TEXT   NOT NULL,
    code           TEXT   NOT NULL,
    service        TEXT   NOT NULL,
    slot           BIGINT NOT NULL,
    dossiers       BIGINT NOT NULL,
    asked_at       BIGINT NOT NULL DEFAULT 0,   -- by the city; 0 = the office's own
    book           BIGINT NOT NULL DEFAULT 0,   -- notice that books it
    cancel         BIGINT NOT NULL DEFAULT 0,   -- notice that cancels it
    -- from the office's record:
    booked_at      BIGINT NOT NULL DEFAULT 0,
    cancelled_at   BIGINT NOT NULL DEFAULT 0,
    arrived_at     BIGINT NOT NULL DEFAULT 0,
    refusal        TEXT   NOT NULL DEFAULT '',  -- of the booking, JSON
    cancel_refusal TEXT   NOT NULL DEFAULT '',  -- of the cancellation
    PRIMARY KEY (office_id, code)
);
CREATE INDEX appointment_slot ON appointment (office_id, slot);

-- The range printed on the ticket, in milliseconds; est_high -1 = nothing was
-- promised. Days from before this version have no promises.
ALTER TABLE ticket ADD COLUMN est_low BIGINT NOT NULL DEFAULT 0;
ALTER TABLE ticket ADD COLUMN est_high BIGINT NOT NULL DEFAULT -1;
ALTER TABLE daily ADD COLUMN promised BIGINT NOT NULL DEFAULT 0;
ALTER TABLE daily ADD COLUMN kept BIGINT NOT NULL DEFAULT 0;

-- Where the office's configuration in force stands in its record.
ALTER TABLE office ADD COLUMN config_seq BIGINT NOT NULL DEFAULT 0;
UPDATE office SET config_seq = COALESCE(
    (SELECT MAX(event.seq) FROM event WHERE event.office_id = office.office_id AND event.kind = 'office.configured'), 0);

-- +goose Down
ALTER TABLE office DROP COLUMN config_seq;
ALTER TABLE daily DROP COLUMN kept;
ALTER TABLE daily DROP COLUMN promised;
ALTER TABLE ticket DROP COLUMN est_high;
ALTER TABLE ticket DROP COLUMN est_low;
DROP TABLE appointment;
ALTER TABLE notice DROP COLUMN refusal;
ALTER TABLE notice DROP COLUMN answered_at;
