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
