-- The desk itself: its clock, its staff, its audit and the notices that were shown.
-- Instants are UTC milliseconds. Columns with data about a person are marked `personal: <category>`.

-- One row: the last time that was believed.
CREATE TABLE high_water (
    one              INTEGER NOT NULL PRIMARY KEY CHECK (one = 1),
    at               INTEGER NOT NULL, -- the last believed instant
    overruled_build  TEXT              -- the build date that two staff overruled by confirming an earlier day
) STRICT;

CREATE TABLE staff (
    staff_id     TEXT    NOT NULL PRIMARY KEY,              -- UUIDv4
    name         TEXT    NOT NULL,                          -- personal: staff; what they unlock with
    folded_name  TEXT    NOT NULL UNIQUE,                   -- personal: staff; the name without case, for finding
    secret_hash  TEXT    NOT NULL,                          -- Argon2id, PHC string
    wrong_tries  INTEGER NOT NULL DEFAULT 0 CHECK (wrong_tries >= 0),
    wait_until   INTEGER,                                   -- no try counts before this instant
    added_at     INTEGER NOT NULL
) STRICT;

CREATE TABLE staff_roles (
    staff_id  TEXT NOT NULL REFERENCES staff ON DELETE CASCADE,
    role      TEXT NOT NULL CHECK (role IN ('reception', 'event', 'competition', 'marketing', 'security', 'dpo', 'admin')),
    PRIMARY KEY (staff_id, role)
) STRICT, WITHOUT ROWID;

-- One row: wrong unlocks at this kiosk, whoever was named.
CREATE TABLE kiosk_tries (
    one          INTEGER NOT NULL PRIMARY KEY CHECK (one = 1),
    wrong_tries  INTEGER NOT NULL CHECK (wrong_tries >= 0),
    wait_until   INTEGER
) STRICT;

-- Who did what when, without names.
CREATE TABLE audit_entries (
    entry_id     TEXT    NOT NULL PRIMARY KEY,              -- UUIDv7
    happened_at  INTEGER NOT NULL,
    actor        TEXT    NOT NULL CHECK (actor IN ('public', 'staff', 'operator', 'clock')),
    staff_id     TEXT    CHECK ((staff_id IS NOT NULL) = (actor = 'staff')), -- personal: staff; no reference, so that it outlives the person's account
    verb         TEXT    NOT NULL,
    subject      TEXT,                                      -- id of the row acted on; random, so meaningless once that row is gone
    count        INTEGER CHECK (count >= 0),                -- how many rows, where that is what matters
    detail       TEXT,                                      -- hash or version of a file, never personal data
    erase_after  INTEGER NOT NULL
) STRICT;
CREATE INDEX audit_entries_by_erase_after ON audit_entries (erase_after);

-- The text of each notice as people saw it, kept as long as a record points to it.
CREATE TABLE notices (
    notice_id  TEXT    NOT NULL,
    version    INTEGER NOT NULL CHECK (version > 0),
    language   TEXT    NOT NULL,
    sha256     TEXT    NOT NULL CHECK (length(sha256) = 64), -- of `text`
    text       TEXT    NOT NULL,
    PRIMARY KEY (notice_id, version, language)
) STRICT, WITHOUT ROWID;
