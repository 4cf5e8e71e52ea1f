-- Visits to the house, the people who are visited, and the short codes.

CREATE TABLE hosts (
    host_id     TEXT NOT NULL PRIMARY KEY, -- UUIDv4
    name        TEXT NOT NULL,             -- personal: employee
    department  TEXT,                      -- personal: employee
    email       TEXT                       -- personal: employee; for telling them that a visitor is here
) STRICT;

CREATE TABLE visits (
    visit_id          TEXT    NOT NULL PRIMARY KEY, -- UUIDv4
    name              TEXT    NOT NULL,             -- personal: visitor; as shown
    company           TEXT,                         -- personal: visitor
    title             TEXT,                         -- personal: visitor
    host_name         TEXT,                         -- personal: employee; from the directory or as typed
    host_id           TEXT    REFERENCES hosts ON DELETE SET NULL,
    note              TEXT,                         -- personal: visitor; what they add of their own accord
    purpose           TEXT    NOT NULL CHECK (purpose = 'security'),
    legal_basis       TEXT    NOT NULL CHECK (legal_basis IN ('6(1)(a)', '6(1)(b)', '6(1)(f)')),
    signed_in_at      INTEGER NOT NULL,             -- personal: visitor
    presumed_left_at  INTEGER NOT NULL CHECK (presumed_left_at > signed_in_at), -- the first closing time after the sign-in
    ended_at          INTEGER,                      -- personal: visitor
    end_kind          TEXT    CHECK (end_kind IN ('signed_out', 'presumed_left')),
    notice_id         TEXT    NOT NULL,             -- the notice that was shown,
    notice_version    INTEGER NOT NULL,             -- its version,
    notice_language   TEXT    NOT NULL,             -- its language,
    notice_sha256     TEXT    NOT NULL,             -- and the hash of its text
    erase_after       INTEGER NOT NULL,
    CHECK ((ended_at IS NULL) = (end_kind IS NULL)),
    FOREIGN KEY (notice_id, notice_version, notice_language) REFERENCES notices
) STRICT;
CREATE INDEX visits_by_erase_after ON visits (erase_after);
CREATE INDEX visits_open ON visits (presumed_left_at) WHERE ended_at IS NULL;
CREATE INDEX visits_by_signed_in_at ON visits (signed_in_at);
CREATE INDEX visits_by_notice ON visits (notice_id, notice_version, notice_language);
CREATE INDEX visits_by_host ON visits (host_id) WHERE host_id IS NOT NULL;

-- What a badge's QR holds and a person can type; unique over visits and tickets.
CREATE TABLE short_codes (
    code      TEXT NOT NULL PRIMARY KEY CHECK (length(code) = 8), -- personal: visitor
    kind      TEXT NOT NULL CHECK (kind IN ('visit', 'ticket')),
    owner_id  TEXT NOT NULL,               -- the visit or the ticket; goes when that goes
    UNIQUE (kind, owner_id)
) STRICT, WITHOUT ROWID;
