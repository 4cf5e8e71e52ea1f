-- A house grows: several desks whose facts have an order of their own, other systems beside it, answers to whatever a
-- profile asks, requests of people, and an audit that shows when it was tampered with.
-- A check is changed by copying the table. What refers to a copied table is copied before that is dropped, because dropping
-- it would take along what cascades.

-- The desks of a house. One is this one; it counts the facts it writes, so that their order needs no clock.
CREATE TABLE desks (
    desk_id      TEXT    NOT NULL PRIMARY KEY,              -- UUIDv4
    is_own       INTEGER NOT NULL CHECK (is_own IN (0, 1)),
    name         TEXT,                                      -- of another desk; the own one is in config.toml
    sequence     INTEGER NOT NULL CHECK (sequence >= 0),    -- of the last fact of this desk
    audit_chain  BLOB    CHECK (length(audit_chain) = 32),  -- of the last line of this desk's audit, which may be erased by now
    is_misdated  INTEGER NOT NULL CHECK (is_misdated IN (0, 1)) -- something was written under a clock that was not believed, or went back
) STRICT;
CREATE UNIQUE INDEX own_desk ON desks (is_own) WHERE is_own = 1;
INSERT INTO desks
    SELECT substr(bits, 1, 8) || '-' || substr(bits, 9, 4) || '-4' || substr(bits, 14, 3) || '-a' || substr(bits, 18, 3) || '-'
        || substr(bits, 21, 12), 1, NULL, 0, NULL, 1
    FROM (SELECT lower(hex(randomblob(16))) AS bits);

-- Where people come from who were not added by hand.
CREATE TABLE sources (
    source_id   TEXT    NOT NULL PRIMARY KEY,               -- UUIDv7
    event_id    TEXT    REFERENCES events,
    kind        TEXT    NOT NULL CHECK (kind IN ('file', 'pretix', 'hub')),
    name        TEXT    NOT NULL,                           -- what tells this source from others of its kind
    cursor      TEXT,                                       -- how far it was read
    added_at    INTEGER NOT NULL,
    changed_at  INTEGER
) STRICT;
CREATE INDEX sources_of_event ON sources (event_id) WHERE event_id IS NOT NULL;

ALTER TABLE unfinished_imports ADD COLUMN source_id TEXT REFERENCES sources;
CREATE INDEX unfinished_imports_of_event ON unfinished_imports (event_id);
CREATE INDEX unfinished_imports_of_source ON unfinished_imports (source_id) WHERE source_id IS NOT NULL;
ALTER TABLE participants ADD COLUMN source_id TEXT REFERENCES sources;     -- the file or system that brought them
ALTER TABLE participants ADD COLUMN valid_from INTEGER;                    -- personal: participant; from when their ticket counts
ALTER TABLE participants ADD COLUMN valid_until INTEGER;                   -- personal: participant; until when
ALTER TABLE participants ADD COLUMN changed_at INTEGER;
CREATE INDEX participants_of_source ON participants (source_id) WHERE source_id IS NOT NULL;
CREATE INDEX participants_by_status ON participants (event_id, status, import_id);

-- What stood before an unfinished import changed it. Goes when the import is whole, or is put back.
CREATE TABLE replaced_participants (
    import_id       TEXT NOT NULL,
    event_id        TEXT NOT NULL,
    participant_id  TEXT NOT NULL,
    name            TEXT NOT NULL,                          -- personal: participant
    sort_name       TEXT,                                   -- personal: participant
    title           TEXT,                                   -- personal: participant
    company         TEXT,                                   -- personal: participant
    ticket_type     TEXT,                                   -- personal: participant
    status          TEXT NOT NULL CHECK (status IN ('may_enter', 'unpaid', 'cancelled', 'blocked')), -- personal: participant
    table_name      TEXT,                                   -- personal: participant
    room            TEXT,                                   -- personal: participant
    PRIMARY KEY (import_id, event_id, participant_id),
    FOREIGN KEY (event_id, participant_id) REFERENCES participants ON DELETE CASCADE
) STRICT, WITHOUT ROWID;
CREATE INDEX replaced_participants_of_participant ON replaced_participants (event_id, participant_id);

-- The code of another system that was replaced by a newer one: whoever still shows it is told so.
CREATE TABLE replaced_codes (
    event_id        TEXT    NOT NULL,
    import_key      TEXT    NOT NULL,                       -- personal: participant
    participant_id  TEXT    NOT NULL,
    replaced_at     INTEGER NOT NULL,
    PRIMARY KEY (event_id, import_key),
    FOREIGN KEY (event_id, participant_id) REFERENCES participants ON DELETE CASCADE
) STRICT, WITHOUT ROWID;
CREATE INDEX replaced_codes_of_participant ON replaced_codes (event_id, participant_id);

ALTER TABLE tickets ADD COLUMN replaced_by TEXT REFERENCES tickets ON DELETE SET NULL; -- the ticket that counts instead of this one
CREATE INDEX tickets_by_replacement ON tickets (replaced_by) WHERE replaced_by IS NOT NULL;

ALTER TABLE events ADD COLUMN changed_at INTEGER;
ALTER TABLE visits ADD COLUMN changed_at INTEGER;
ALTER TABLE invitations ADD COLUMN changed_at INTEGER;
ALTER TABLE hosts ADD COLUMN changed_at INTEGER;
ALTER TABLE staff ADD COLUMN changed_at INTEGER;
CREATE INDEX hosts_by_name ON hosts (name);
CREATE INDEX messages_by_queued_at ON messages (queued_at);
CREATE INDEX invitations_by_invited_at ON invitations (invited_at);
CREATE INDEX audit_entries_by_happened_at ON audit_entries (happened_at);

-- Requests of people: a case has a clock, and what it is about is frozen meanwhile.
CREATE TABLE cases (
    case_id      TEXT    NOT NULL PRIMARY KEY,              -- UUIDv4
    kind         TEXT    NOT NULL CHECK (kind IN ('access', 'rectify', 'erase', 'restrict', 'object', 'port')),
    opened_at    INTEGER NOT NULL,
    answer_by    INTEGER NOT NULL CHECK (answer_by > opened_at),
    answered_at  INTEGER,
    closed_at    INTEGER,
    erase_after  INTEGER NOT NULL
) STRICT;
CREATE INDEX cases_by_erase_after ON cases (erase_after);

-- Rows that may not be used (Art. 18), or may not be erased: by a case under way, by a restriction, by a hold of two persons.
CREATE TABLE frozen_rows (
    class        TEXT    NOT NULL,                          -- of the row
    row_id       TEXT    NOT NULL,
    reason       TEXT    NOT NULL CHECK (reason IN ('case', 'restriction', 'hold')),
    ground       TEXT,                                      -- a word or the clause of Art. 18(1); never personal data
    case_id      TEXT    REFERENCES cases,
    first_by     TEXT,                                      -- personal: staff
    second_by    TEXT,                                      -- personal: staff; of a hold
    frozen_at    INTEGER NOT NULL,
    review_at    INTEGER NOT NULL CHECK (review_at > frozen_at), -- ends then, or is looked at again
    PRIMARY KEY (class, row_id, reason)
) STRICT, WITHOUT ROWID;
CREATE INDEX frozen_rows_by_review_at ON frozen_rows (review_at);
CREATE INDEX frozen_rows_by_case ON frozen_rows (case_id) WHERE case_id IS NOT NULL;

-- The ledger again: ordered by the desk that wrote a line and its count, not by a clock; and a door can be full.
CREATE TABLE ordered_scans (
    scan_id         TEXT    NOT NULL PRIMARY KEY, -- UUIDv4
    happened_at     INTEGER NOT NULL,             -- personal: participant
    recorded_at     INTEGER NOT NULL,             -- later only where another desk's scan came in
    desk_id         TEXT    NOT NULL REFERENCES desks,
    sequence        INTEGER NOT NULL,             -- among the facts of that desk
    desk            TEXT    NOT NULL,             -- what the desk was called
    event_id        TEXT    REFERENCES events,
    list_id         TEXT,
    participant_id  TEXT,                         -- personal: participant; unknown for most refused scans
    direction       TEXT    NOT NULL CHECK (direction IN ('entry', 'exit')),
    code_sha256     BLOB    CHECK (length(code_sha256) = 32), -- personal: participant; of what was read, where something was
    verdict         TEXT    NOT NULL CHECK (verdict IN ('entered', 'exited', 'already_entered', 'unknown', 'wrong_event', 'wrong_list',
                        'too_early', 'too_late', 'unpaid', 'cancelled', 'revoked', 'blocked', 'full', 'ambiguous', 'try_later')),
    reason          TEXT    CHECK (reason IN ('signature', 'format', 'no_match')),
    erase_after     INTEGER,                      -- of a scan that belongs to no event
    CHECK ((event_id IS NULL) = (erase_after IS NOT NULL)),
    CHECK (participant_id IS NULL OR event_id IS NOT NULL),
    CHECK (list_id IS NULL OR event_id IS NOT NULL),
    -- With the event, so that one index serves the people, the lists and this.
    FOREIGN KEY (event_id, list_id) REFERENCES check_in_lists (event_id, list_id)
) STRICT, WITHOUT ROWID;
CREATE UNIQUE INDEX lists_of_event ON check_in_lists (event_id, list_id);
DROP INDEX check_in_lists_of_event;
INSERT INTO ordered_scans
    SELECT scan_id, happened_at, recorded_at, (SELECT desk_id FROM desks),
        row_number() OVER (ORDER BY happened_at, recorded_at, verdict = 'exited', scan_id),
        desk, event_id, list_id, participant_id, direction, code_sha256, verdict, reason, erase_after
    FROM scans;
UPDATE desks SET sequence = (SELECT count(*) FROM ordered_scans);

CREATE TABLE ordered_undone_scans (
    scan_id    TEXT    NOT NULL PRIMARY KEY REFERENCES ordered_scans ON DELETE CASCADE,
    undone_at  INTEGER NOT NULL,
    desk_id    TEXT    NOT NULL REFERENCES desks,
    sequence   INTEGER NOT NULL,
    desk       TEXT    NOT NULL,
    actor      TEXT    NOT NULL CHECK (actor IN ('staff', 'operator')),
    staff_id   TEXT    CHECK ((staff_id IS NOT NULL) = (actor = 'staff')), -- personal: staff
    reason     TEXT    NOT NULL                  -- personal: participant; as staff typed it
) STRICT, WITHOUT ROWID;
INSERT INTO ordered_undone_scans
    SELECT scan_id, undone_at, (SELECT desk_id FROM desks),
        (SELECT sequence FROM desks) + row_number() OVER (ORDER BY undone_at, scan_id), desk, actor, staff_id, reason
    FROM undone_scans;
UPDATE desks SET sequence = sequence + (SELECT count(*) FROM ordered_undone_scans);
DROP TABLE undone_scans;
DROP TABLE scans;
ALTER TABLE ordered_scans RENAME TO scans;
ALTER TABLE ordered_undone_scans RENAME TO undone_scans;
CREATE INDEX scans_of_event ON scans (event_id, participant_id, list_id, sequence) WHERE event_id IS NOT NULL;
CREATE INDEX scans_without_event ON scans (erase_after) WHERE event_id IS NULL;

-- Every answer to a question of consent, the latest of each purpose and channel being the present one.
-- Purposes and channels are the profile's; photo and video are the first two.
CREATE TABLE consent_answers (
    answer_id        TEXT    NOT NULL PRIMARY KEY, -- UUIDv4
    event_id         TEXT    NOT NULL,
    participant_id   TEXT    NOT NULL,
    purpose          TEXT    NOT NULL CHECK (purpose <> ''),
    channel          TEXT    NOT NULL CHECK (channel <> ''),
    answer           TEXT    NOT NULL CHECK (answer IN ('given', 'refused', 'withdrawn')), -- personal: participant
    answered_at      INTEGER NOT NULL,
    desk_id          TEXT    NOT NULL REFERENCES desks,
    sequence         INTEGER NOT NULL,
    notice_id        TEXT    NOT NULL,
    notice_version   INTEGER NOT NULL,
    notice_language  TEXT    NOT NULL,
    notice_sha256    TEXT    NOT NULL,
    FOREIGN KEY (event_id, participant_id) REFERENCES participants,
    FOREIGN KEY (notice_id, notice_version, notice_language) REFERENCES notices
) STRICT;
INSERT INTO consent_answers
    SELECT answer_id, event_id, participant_id, purpose, channel, answer, answered_at, (SELECT desk_id FROM desks),
        (SELECT sequence FROM desks) + row_number() OVER (ORDER BY rowid),
        notice_id, notice_version, notice_language, notice_sha256
    FROM photo_answers ORDER BY rowid;
UPDATE desks SET sequence = sequence + (SELECT count(*) FROM consent_answers);
DROP TABLE photo_answers;
CREATE INDEX consent_answers_of_participant ON consent_answers (event_id, participant_id, sequence);
CREATE INDEX consent_answers_by_notice ON consent_answers (notice_id, notice_version, notice_language);

CREATE TABLE declared_consent_acts (
    evidence_id      TEXT    NOT NULL REFERENCES consent_evidence ON DELETE CASCADE,
    purpose          TEXT    NOT NULL CHECK (purpose <> ''),
    channel          TEXT    NOT NULL CHECK (channel <> ''),
    answer           TEXT    NOT NULL CHECK (answer IN ('given', 'withdrawn')), -- personal: consent
    answered_at      INTEGER NOT NULL,            -- personal: consent
    notice_id        TEXT    NOT NULL,
    notice_version   INTEGER NOT NULL,
    notice_language  TEXT    NOT NULL,
    notice_sha256    TEXT    NOT NULL,
    FOREIGN KEY (notice_id, notice_version, notice_language) REFERENCES notices
) STRICT;
INSERT INTO declared_consent_acts SELECT * FROM consent_acts ORDER BY rowid;
DROP TABLE consent_acts;
ALTER TABLE declared_consent_acts RENAME TO consent_acts;
CREATE INDEX consent_acts_of_evidence ON consent_acts (evidence_id);
CREATE INDEX consent_acts_by_notice ON consent_acts (notice_id, notice_version, notice_language);
CREATE INDEX consent_acts_by_answered_at ON consent_acts (answered_at);

-- The audit, in its desk's order. Each line carries the hash of the one before it and of itself; lines from before have none.
ALTER TABLE audit_entries ADD COLUMN desk_id TEXT REFERENCES desks;
ALTER TABLE audit_entries ADD COLUMN sequence INTEGER;
ALTER TABLE audit_entries ADD COLUMN chain BLOB CHECK (length(chain) = 32); -- SHA-256 of the chain before it and this line
CREATE UNIQUE INDEX audit_entries_by_sequence ON audit_entries (desk_id, sequence) WHERE sequence IS NOT NULL;
