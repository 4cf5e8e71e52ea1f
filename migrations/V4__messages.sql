-- Visits announced before, and what is to be told to hosts and other systems.

-- Goes when its visitor signs in: from then on the visit is the only row about them.
CREATE TABLE invitations (
    invitation_id  TEXT    NOT NULL PRIMARY KEY,               -- UUIDv4
    name           TEXT    NOT NULL,                           -- personal: visitor; as the host wrote it
    company        TEXT,                                       -- personal: visitor
    title          TEXT,                                       -- personal: visitor
    host_name      TEXT    NOT NULL,                           -- personal: employee; from the directory or as typed
    host_id        TEXT    REFERENCES hosts ON DELETE SET NULL,
    starts_at      INTEGER NOT NULL,                           -- personal: visitor; when they are expected
    ends_at        INTEGER NOT NULL CHECK (ends_at > starts_at), -- personal: visitor
    invited_at     INTEGER NOT NULL,
    erase_after    INTEGER NOT NULL
) STRICT;
CREATE INDEX invitations_by_erase_after ON invitations (erase_after);
CREATE INDEX invitations_by_starts_at ON invitations (starts_at);
CREATE INDEX invitations_by_host ON invitations (host_id) WHERE host_id IS NOT NULL;

-- What is still to be told. Whom it is about and whom it goes to stand in the visit or invitation and in the directory;
-- the text is made when it is sent.
CREATE TABLE messages (
    message_id     TEXT    NOT NULL PRIMARY KEY,               -- UUIDv4; the same in every try, so that it can be seen as one
    channel        TEXT    NOT NULL CHECK (channel IN ('mail', 'webhook')),
    visit_id       TEXT    REFERENCES visits ON DELETE CASCADE,
    invitation_id  TEXT    REFERENCES invitations ON DELETE CASCADE,
    attempts       INTEGER NOT NULL DEFAULT 0 CHECK (attempts >= 0), -- begun so far
    queued_at      INTEGER NOT NULL,
    next_at        INTEGER NOT NULL,                           -- when it is tried next
    erase_after    INTEGER NOT NULL,                           -- when it has lost its worth
    CHECK ((visit_id IS NULL) <> (invitation_id IS NULL))
) STRICT;
CREATE INDEX messages_by_next_at ON messages (channel, next_at);
CREATE INDEX messages_by_erase_after ON messages (erase_after);
CREATE INDEX messages_by_visit ON messages (visit_id) WHERE visit_id IS NOT NULL;
CREATE INDEX messages_by_invitation ON messages (invitation_id) WHERE invitation_id IS NOT NULL;

-- A short code can be an invitation's, too. A check is changed by copying the table.
CREATE TABLE short_codes_with_invitations (
    code      TEXT NOT NULL PRIMARY KEY CHECK (length(code) = 8), -- personal: visitor
    kind      TEXT NOT NULL CHECK (kind IN ('visit', 'ticket', 'invitation')),
    owner_id  TEXT NOT NULL,               -- the visit, the ticket or the invitation; goes when that goes
    UNIQUE (kind, owner_id)
) STRICT, WITHOUT ROWID;
INSERT INTO short_codes_with_invitations SELECT code, kind, owner_id FROM short_codes;
DROP TABLE short_codes;
ALTER TABLE short_codes_with_invitations RENAME TO short_codes;
