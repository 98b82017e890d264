-- +goose Up

-- What the city publishes, to one office or ('') to all; of each kind the
-- newest counts. Versions grow and are never used again.
CREATE TABLE document (
    kind      TEXT   NOT NULL,
    version   BIGINT NOT NULL,
    office_id TEXT   NOT NULL,
    content   TEXT   NOT NULL,
    at        BIGINT NOT NULL,
    PRIMARY KEY (kind, version)
);
INSERT INTO document (kind, version, office_id, content, at) SELECT 'catalogue', version, '', content, at FROM catalogue;
DROP TABLE catalogue;

-- The newest document of a kind that an office has been told of, and with what.
CREATE TABLE told (
    office_id TEXT   NOT NULL,
    kind      TEXT   NOT NULL,
    version   BIGINT NOT NULL,
    notice    BIGINT NOT NULL,
    PRIMARY KEY (office_id, kind)
);
-- Told anew once, now under a signature: the same catalogue changes nothing.
ALTER TABLE office DROP COLUMN catalogue;
ALTER TABLE notice ADD COLUMN version BIGINT NOT NULL DEFAULT 0;

-- +goose Down
ALTER TABLE notice DROP COLUMN version;
ALTER TABLE office ADD COLUMN catalogue TEXT NOT NULL DEFAULT '';
DROP TABLE told;
CREATE TABLE catalogue (
    version BIGINT NOT NULL PRIMARY KEY,
    content TEXT   NOT NULL,
    at      BIGINT NOT NULL
);
INSERT INTO catalogue (version, content, at) SELECT version, content, at FROM document WHERE kind = 'catalogue' AND office_id = '';
DROP TABLE document;
