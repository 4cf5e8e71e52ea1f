-- Events, the people registered for them, their tickets, the ledger of scans, and what they said about pictures.

-- What signs tickets. A code names its key, so that an old one still counts when a new one has come.
CREATE TABLE ticket_keys (
    key_id   INTEGER NOT NULL PRIMARY KEY CHECK (key_id BETWEEN 0 AND 255),
    secret   BLOB    NOT NULL CHECK (length(secret) = 32), -- Ed25519
    made_at  INTEGER NOT NULL
) STRICT;

CREATE TABLE events (
    event_id      TEXT    NOT NULL PRIMARY KEY,  -- UUIDv7
    tag           BLOB    NOT NULL UNIQUE CHECK (length(tag) = 4), -- stands in this event's tickets
    name          TEXT    NOT NULL,
    venue         TEXT,
    starts_local  TEXT    NOT NULL,              -- civil time in `zone`, YYYY-MM-DDTHH:MM:SS
    ends_local    TEXT    NOT NULL,
    zone          TEXT    NOT NULL,
    starts_at     INTEGER NOT NULL,              -- the same, resolved when it was written
    ends_at       INTEGER NOT NULL CHECK (ends_at > starts_at),
    photos        TEXT    NOT NULL CHECK (photos IN ('consent', 'objection')),
    walk_ins      INTEGER NOT NULL CHECK (walk_ins IN (0, 1)), -- whether somebody may register at the door
    purpose       TEXT    NOT NULL CHECK (purpose = 'event'),
    legal_basis   TEXT    NOT NULL CHECK (legal_basis IN ('6(1)(a)', '6(1)(b)', '6(1)(f)')),
    list_runs     INTEGER NOT NULL DEFAULT 0 CHECK (list_runs >= 0), -- participant lists handed out so far
    added_at      INTEGER NOT NULL,
    erase_after   INTEGER NOT NULL               -- of the event and of all that belongs to it
) STRICT;
CREATE INDEX events_by_erase_after ON events (erase_after);
CREATE INDEX events_by_ends_at ON events (ends_at);

-- A named door of an event with its rules.
CREATE TABLE check_in_lists (
    list_id    TEXT    NOT NULL PRIMARY KEY,     -- UUIDv7
    event_id   TEXT    NOT NULL REFERENCES events,
    name       TEXT    NOT NULL,
    is_entry   INTEGER NOT NULL CHECK (is_entry IN (0, 1)), -- the list every event begins with
    entry      TEXT    NOT NULL CHECK (entry IN ('single', 'multiple')),
    opens_at   INTEGER NOT NULL,
    closes_at  INTEGER NOT NULL CHECK (closes_at > opens_at),
    rules      TEXT                              -- of further lists
) STRICT;
CREATE UNIQUE INDEX entry_list_of_event ON check_in_lists (event_id) WHERE is_entry = 1;
CREATE INDEX check_in_lists_of_event ON check_in_lists (event_id);

-- Imports under way. Nobody sees their participants before the import is whole, when its row goes.
CREATE TABLE unfinished_imports (
    import_id   TEXT    NOT NULL PRIMARY KEY,    -- UUIDv7
    event_id    TEXT    NOT NULL REFERENCES events,
    started_at  INTEGER NOT NULL
) STRICT;

CREATE TABLE participants (
    event_id         TEXT    NOT NULL REFERENCES events,
    participant_id   TEXT    NOT NULL,           -- UUIDv4
    name             TEXT    NOT NULL,           -- personal: participant; as shown
    sort_name        TEXT,                       -- personal: participant; the family column of a file
    title            TEXT,                       -- personal: participant
    company          TEXT,                       -- personal: participant
    ticket_type      TEXT,                       -- personal: participant
    status           TEXT    NOT NULL CHECK (status IN ('may_enter', 'unpaid', 'cancelled', 'blocked')), -- personal: participant
    table_name       TEXT,                       -- personal: participant; where they sit
    room             TEXT,                       -- personal: participant
    import_key       TEXT,                       -- personal: participant; `code:` and the other system's ticket code, or what else tells rows of a file apart
    import_id        TEXT,                       -- the import that brought them; hides them while it is unfinished
    notice_id        TEXT,                       -- the notice that was shown to who registered at the door,
    notice_version   INTEGER,                    -- its version,
    notice_language  TEXT,                       -- its language,
    notice_sha256    TEXT,                       -- and the hash of its text
    added_at         INTEGER NOT NULL,
    PRIMARY KEY (event_id, participant_id),
    CHECK ((notice_id IS NULL) = (notice_sha256 IS NULL)),
    FOREIGN KEY (notice_id, notice_version, notice_language) REFERENCES notices
) STRICT, WITHOUT ROWID;
CREATE UNIQUE INDEX participants_by_import_key ON participants (import_key, event_id) WHERE import_key IS NOT NULL;
CREATE INDEX participants_by_notice ON participants (notice_id, notice_version, notice_language) WHERE notice_id IS NOT NULL;
CREATE INDEX participants_by_import ON participants (import_id) WHERE import_id IS NOT NULL;

CREATE TABLE tickets (
    ticket_id       TEXT    NOT NULL PRIMARY KEY, -- UUIDv4; stands in the code
    event_id        TEXT    NOT NULL,
    participant_id  TEXT    NOT NULL,
    issued_at       INTEGER NOT NULL,
    revoked_at      INTEGER,
    FOREIGN KEY (event_id, participant_id) REFERENCES participants
) STRICT, WITHOUT ROWID;
CREATE INDEX tickets_of_participant ON tickets (event_id, participant_id);

-- The ledger: every reading of a code, refused ones too. Rows are added, never changed.
CREATE TABLE scans (
    scan_id         TEXT    NOT NULL PRIMARY KEY, -- UUIDv4
    happened_at     INTEGER NOT NULL,             -- personal: participant
    recorded_at     INTEGER NOT NULL,             -- later only where another desk's scan came in
    desk            TEXT    NOT NULL,
    event_id        TEXT    REFERENCES events,
    list_id         TEXT    REFERENCES check_in_lists,
    participant_id  TEXT,                         -- personal: participant; unknown for most refused scans
    direction       TEXT    NOT NULL CHECK (direction IN ('entry', 'exit')),
    code_sha256     BLOB    CHECK (length(code_sha256) = 32), -- personal: participant; of what was read, where something was
    verdict         TEXT    NOT NULL CHECK (verdict IN ('entered', 'exited', 'already_entered', 'unknown', 'wrong_event', 'wrong_list',
                        'too_early', 'too_late', 'unpaid', 'cancelled', 'revoked', 'blocked', 'ambiguous', 'try_later')),
    reason          TEXT    CHECK (reason IN ('signature', 'format', 'no_match')),
    erase_after     INTEGER,                      -- of a scan that belongs to no event
    CHECK ((event_id IS NULL) = (erase_after IS NOT NULL)),
    CHECK (participant_id IS NULL OR event_id IS NOT NULL)
) STRICT, WITHOUT ROWID;
CREATE INDEX scans_of_event ON scans (event_id, participant_id, happened_at) WHERE event_id IS NOT NULL;
CREATE INDEX scans_without_event ON scans (erase_after) WHERE event_id IS NULL;

-- A check-in taken back.
CREATE TABLE undone_scans (
    scan_id    TEXT    NOT NULL PRIMARY KEY REFERENCES scans ON DELETE CASCADE,
    undone_at  INTEGER NOT NULL,
    desk       TEXT    NOT NULL,
    actor      TEXT    NOT NULL CHECK (actor IN ('staff', 'operator')),
    staff_id   TEXT    CHECK ((staff_id IS NOT NULL) = (actor = 'staff')), -- personal: staff
    reason     TEXT    NOT NULL                  -- personal: participant; as staff typed it
) STRICT, WITHOUT ROWID;

-- Every answer about pictures, the latest of each purpose and channel being the present one.
CREATE TABLE photo_answers (
    answer_id        TEXT    NOT NULL PRIMARY KEY, -- UUIDv4
    event_id         TEXT    NOT NULL,
    participant_id   TEXT    NOT NULL,
    purpose          TEXT    NOT NULL CHECK (purpose IN ('photo', 'video')),
    channel          TEXT    NOT NULL,
    answer           TEXT    NOT NULL CHECK (answer IN ('given', 'refused', 'withdrawn')), -- personal: participant
    answered_at      INTEGER NOT NULL,
    notice_id        TEXT    NOT NULL,
    notice_version   INTEGER NOT NULL,
    notice_language  TEXT    NOT NULL,
    notice_sha256    TEXT    NOT NULL,
    FOREIGN KEY (event_id, participant_id) REFERENCES participants,
    FOREIGN KEY (notice_id, notice_version, notice_language) REFERENCES notices
) STRICT;
CREATE INDEX photo_answers_of_participant ON photo_answers (event_id, participant_id);
CREATE INDEX photo_answers_by_notice ON photo_answers (notice_id, notice_version, notice_language);

-- What proves that somebody once said yes to pictures; outlives the event.
CREATE TABLE consent_evidence (
    evidence_id     TEXT    NOT NULL PRIMARY KEY, -- UUIDv4
    name            TEXT    NOT NULL,             -- personal: consent
    event_name      TEXT    NOT NULL,
    event_id        TEXT    NOT NULL,             -- of an event that may be gone
    participant_id  TEXT,                         -- none once the participant is gone
    erase_after     INTEGER NOT NULL
) STRICT;
CREATE UNIQUE INDEX consent_evidence_of_participant ON consent_evidence (event_id, participant_id) WHERE participant_id IS NOT NULL;
CREATE INDEX consent_evidence_by_erase_after ON consent_evidence (erase_after);

CREATE TABLE consent_acts (
    evidence_id      TEXT    NOT NULL REFERENCES consent_evidence ON DELETE CASCADE,
    purpose          TEXT    NOT NULL CHECK (purpose IN ('photo', 'video')),
    channel          TEXT    NOT NULL,
    answer           TEXT    NOT NULL CHECK (answer IN ('given', 'withdrawn')), -- personal: consent
    answered_at      INTEGER NOT NULL,            -- personal: consent
    notice_id        TEXT    NOT NULL,
    notice_version   INTEGER NOT NULL,
    notice_language  TEXT    NOT NULL,
    notice_sha256    TEXT    NOT NULL,
    FOREIGN KEY (notice_id, notice_version, notice_language) REFERENCES notices
) STRICT;
CREATE INDEX consent_acts_of_evidence ON consent_acts (evidence_id);
CREATE INDEX consent_acts_by_notice ON consent_acts (notice_id, notice_version, notice_language);
