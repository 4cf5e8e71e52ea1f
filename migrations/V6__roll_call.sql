-- A roll call outlives a lock, a start and a crash until somebody ends it. It names nobody: it points to visits and
-- participants, and goes with them.

-- The roll call that somebody has begun and nobody has ended. Its end erases it.
CREATE TABLE roll_call (
    one          INTEGER NOT NULL PRIMARY KEY CHECK (one = 1),
    began_at     INTEGER NOT NULL,
    began_by     TEXT,                                      -- personal: staff; none at a locked screen
    counted_by   TEXT,                                      -- personal: staff; none until somebody unlocks
    erase_after  INTEGER NOT NULL                           -- then it ends, if nobody has ended it
) STRICT;

-- Whom it looks for.
CREATE TABLE sought_people (
    person_id       TEXT    NOT NULL PRIMARY KEY,           -- of the visit or the participant
    visit_id        TEXT    REFERENCES visits ON DELETE CASCADE,
    event_id        TEXT,
    participant_id  TEXT,
    since           INTEGER NOT NULL,                       -- personal: visitor, participant; when they came in
    found_at        INTEGER,                                -- personal: visitor, participant
    CHECK ((visit_id IS NULL) = (participant_id IS NOT NULL)),
    CHECK ((event_id IS NULL) = (participant_id IS NULL)),
    CHECK (person_id = coalesce(visit_id, participant_id)),
    FOREIGN KEY (event_id, participant_id) REFERENCES participants ON DELETE CASCADE
) STRICT, WITHOUT ROWID;
CREATE INDEX sought_people_of_visit ON sought_people (visit_id) WHERE visit_id IS NOT NULL;
CREATE INDEX sought_people_of_participant ON sought_people (event_id, participant_id) WHERE event_id IS NOT NULL;

-- The badge that somebody has and what stands on it, so that it is seen when that is no longer true.
CREATE TABLE printed_badges (
    event_id        TEXT    NOT NULL,
    participant_id  TEXT    NOT NULL,
    printed_at      INTEGER NOT NULL,                       -- personal: participant
    name            TEXT    NOT NULL,                       -- personal: participant
    mark            TEXT    NOT NULL CHECK (mark IN ('yes', 'no')), -- personal: participant
    PRIMARY KEY (event_id, participant_id),
    FOREIGN KEY (event_id, participant_id) REFERENCES participants ON DELETE CASCADE
) STRICT, WITHOUT ROWID;
