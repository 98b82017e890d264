-- +goose Up

-- The term in which an office's record stands, its hub, and the key that signs
-- its checkpoints ('' until the first).
ALTER TABLE office ADD COLUMN term BIGINT NOT NULL DEFAULT 1;
ALTER TABLE office ADD COLUMN hub TEXT NOT NULL DEFAULT '';
ALTER TABLE office ADD COLUMN signer TEXT NOT NULL DEFAULT '';

-- Records of an earlier term that the hub of a later one did not have. They do
-- not count; back is the record in which one came again.
CREATE TABLE superseded (
    office_id TEXT   NOT NULL,
    term      BIGINT NOT NULL,  -- that superseded it
    seq       BIGINT NOT NULL,
    line      BYTEA  NOT NULL,
    at        BIGINT NOT NULL,
    back      BIGINT NOT NULL DEFAULT 0,
    PRIMARY KEY (office_id, term, seq)
);

-- +goose Down
DROP TABLE superseded;
ALTER TABLE office DROP COLUMN signer;
ALTER TABLE office DROP COLUMN hub;
ALTER TABLE office DROP COLUMN term;
