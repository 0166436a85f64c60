-- Version 2: what keeping a store database for years takes.

-- ---- Following another store's catalogue ----
-- What the source said of each code: what is in force, and what is still to come.
CREATE TABLE followed (
    code           TEXT NOT NULL,
    effective_from INTEGER NOT NULL,   -- milliseconds since 1970, UTC
    revision       INTEGER NOT NULL,   -- the source's
    item           TEXT,               -- as the server tells it, JSON; NULL: no longer sold
    PRIMARY KEY (code, effective_from, revision)
) WITHOUT ROWID;
CREATE INDEX followed_to_come ON followed (effective_from);
-- ---- end of following ----
