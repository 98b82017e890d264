-- One subset of SQL for SQLite and PostgreSQL. Every key begins with office_id,
-- no statement joins two offices, nothing is numbered by the database: the same
-- tables can be spread by office_id later. Times are milliseconds since 1970
-- UTC (0 = never), days are local dates of Vietnam, "2006-01-02".

-- +goose Up
CREATE TABLE office (
    office_id   TEXT   NOT NULL PRIMARY KEY,
    seq         BIGINT NOT NULL DEFAULT 0,   -- the cursor: last record held …
    head        TEXT   NOT NULL DEFAULT '',  -- … and its hash, hex
    profile     TEXT   NOT NULL DEFAULT '',  -- JSON: names of office and services
    day         TEXT   NOT NULL DEFAULT '',  -- the office's business day
    day_open    BIGINT NOT NULL DEFAULT 0,   -- 1 while it is open
    seen_at     BIGINT NOT NULL DEFAULT 0,   -- last request
    event_at    BIGINT NOT NULL DEFAULT 0,   -- time of the last record
    offset_ms   BIGINT NOT NULL DEFAULT 0,   -- the office's clock minus ours
    fork_at     BIGINT NOT NULL DEFAULT 0,   -- an open alarm, see table fork
    set_aside   BIGINT NOT NULL DEFAULT 0,   -- records in quarantine
    notice      BIGINT NOT NULL DEFAULT 0,   -- last notice made
    notice_ack  BIGINT NOT NULL DEFAULT 0,   -- last notice acknowledged
    catalogue   TEXT   NOT NULL DEFAULT ''   -- content of the newest catalogue notice
);

-- The city's copy of the journals, byte for byte.
CREATE TABLE event (
    office_id TEXT   NOT NULL,
    seq       BIGINT NOT NULL,
    kind      TEXT   NOT NULL,
    at        BIGINT NOT NULL,
    line      BYTEA  NOT NULL,
    PRIMARY KEY (office_id, seq)
);

-- Records that are kept but could not be read, for a person to look at.
CREATE TABLE quarantine (
    office_id TEXT   NOT NULL,
    seq       BIGINT NOT NULL,
    why       TEXT   NOT NULL,
    at        BIGINT NOT NULL,
    PRIMARY KEY (office_id, seq)
);

-- Histories that contradicted the one held.
CREATE TABLE fork (
    office_id TEXT   NOT NULL,
    seq       BIGINT NOT NULL,  -- the last record in common, as far as known
    got       TEXT   NOT NULL,  -- hash that the office claimed last
    held      TEXT   NOT NULL,  -- hash at the end of our copy
    why       TEXT   NOT NULL,
    first_at  BIGINT NOT NULL,
    last_at   BIGINT NOT NULL,
    PRIMARY KEY (office_id, seq)
);

-- Records that an administrator gave up for another history (Store.Rewind).
CREATE TABLE given_up (
    office_id TEXT   NOT NULL,
    at        BIGINT NOT NULL,
    seq       BIGINT NOT NULL,
    line      BYTEA  NOT NULL,
    PRIMARY KEY (office_id, at, seq)
);

CREATE TABLE ticket (
    office_id TEXT   NOT NULL,
    ticket_id TEXT   NOT NULL,
    day       TEXT   NOT NULL,
    service   TEXT   NOT NULL,
    status    TEXT   NOT NULL,
    issued_at BIGINT NOT NULL,
    called_at BIGINT NOT NULL,  -- first call; 0 while it waits
    level     BIGINT NOT NULL,  -- rating 1–5; 0 for none
    PRIMARY KEY (office_id, ticket_id)
);
CREATE INDEX ticket_day ON ticket (office_id, day);

CREATE TABLE dossier (
    office_id   TEXT   NOT NULL,
    code        TEXT   NOT NULL,
    received_at BIGINT NOT NULL,
    due_at      BIGINT NOT NULL,
    finished_at BIGINT NOT NULL,
    paused_at   BIGINT NOT NULL,
    supplements BIGINT NOT NULL,
    PRIMARY KEY (office_id, code)
);
CREATE INDEX dossier_open ON dossier (finished_at, paused_at, due_at);

-- One line per office and day: what the city's page reads.
CREATE TABLE daily (
    office_id  TEXT   NOT NULL,
    day        TEXT   NOT NULL,
    issued     BIGINT NOT NULL,
    waiting    BIGINT NOT NULL,
    serving    BIGINT NOT NULL,
    held       BIGINT NOT NULL,
    absent     BIGINT NOT NULL,
    served     BIGINT NOT NULL,
    dropped    BIGINT NOT NULL,
    received   BIGINT NOT NULL,
    on_time    BIGINT NOT NULL,
    late       BIGINT NOT NULL,
    rated      BIGINT NOT NULL,
    satisfied  BIGINT NOT NULL,
    PRIMARY KEY (office_id, day)
);
CREATE INDEX daily_day ON daily (day);

-- How many tickets of a day were first called after so many minutes.
CREATE TABLE wait (
    office_id TEXT   NOT NULL,
    day       TEXT   NOT NULL,
    minute    BIGINT NOT NULL,
    n         BIGINT NOT NULL,
    PRIMARY KEY (office_id, day, minute)
);
CREATE INDEX wait_day ON wait (day);

-- Bodies of notices by SHA-256, so that a catalogue for 600 offices stands once.
CREATE TABLE content (
    sum  TEXT  NOT NULL PRIMARY KEY,
    body BYTEA NOT NULL
);

CREATE TABLE notice (
    office_id TEXT   NOT NULL,
    id        BIGINT NOT NULL,  -- grows in each office
    kind      TEXT   NOT NULL,
    content   TEXT   NOT NULL,
    request   TEXT   NOT NULL,  -- idempotency key of the one who asked
    at        BIGINT NOT NULL,
    PRIMARY KEY (office_id, id),
    UNIQUE (office_id, request)
);

-- Published catalogues, the newest being in force.
CREATE TABLE catalogue (
    version BIGINT NOT NULL PRIMARY KEY,
    content TEXT   NOT NULL,
    at      BIGINT NOT NULL
);

-- +goose Down
DROP TABLE catalogue;
DROP TABLE notice;
DROP TABLE content;
DROP TABLE wait;
DROP TABLE daily;
DROP TABLE dossier;
DROP TABLE ticket;
DROP TABLE given_up;
DROP TABLE fork;
DROP TABLE quarantine;
DROP TABLE event;
DROP TABLE office;
