-- Version 2: what keeping a store database for years takes.

-- == What people set right, and what is kept for how long ==

-- A refused sale that a person took off the list for good. It stays here.
ALTER TABLE sales ADD COLUMN dropped_at INTEGER;

-- What a refused sale said before a person corrected it.
CREATE TABLE corrections (
    id      INTEGER PRIMARY KEY AUTOINCREMENT,
    sale    INTEGER NOT NULL,   -- sales.id
    at      INTEGER NOT NULL,   -- milliseconds since 1970, UTC
    staff   TEXT,
    reason  TEXT NOT NULL,
    number  TEXT NOT NULL,      -- as it was before
    digest  BLOB NOT NULL,
    body    TEXT NOT NULL,
    problem TEXT                -- why the server had refused that
);
CREATE INDEX corrections_by_sale ON corrections (sale);

-- Trading days on which the server has something else than this device. A day that agrees again
-- goes away.
CREATE TABLE differing_days (
    business_date TEXT NOT NULL PRIMARY KEY,
    found_at      INTEGER NOT NULL,
    ours          TEXT NOT NULL,   -- count, totals and digest here, JSON
    theirs        TEXT NOT NULL,   -- the same at the server
    only_there    TEXT NOT NULL,   -- keys of sales that only the server has, JSON
    other_there   TEXT NOT NULL,   -- keys of sales that say something else there, JSON
    settled_at    INTEGER,         -- a person has looked at exactly this
    settled_by    TEXT,
    settled_why   TEXT
) WITHOUT ROWID;

-- == Following another store's catalogue ==

-- What the source said of each code: what is in force, and what is still to come.
CREATE TABLE followed (
    code           TEXT NOT NULL,
    effective_from INTEGER NOT NULL,   -- milliseconds since 1970, UTC
    revision       INTEGER NOT NULL,   -- the source's
    item           TEXT,               -- as the server tells it, JSON; NULL: no longer sold
    PRIMARY KEY (code, effective_from, revision)
) WITHOUT ROWID;
CREATE INDEX followed_to_come ON followed (effective_from);
