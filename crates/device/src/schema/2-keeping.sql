-- Version 2: what keeping a store database for years takes.

-- Patterns of in-store codes, such as 22IIIIIPPPPPC: what the labels of the shop's own scales mean. Shop
-- software may read and write them. Each change of them is captured among those of the items, with
-- a revision of its own and the whole set that there was then.

CREATE TABLE patterns (
    pattern TEXT NOT NULL PRIMARY KEY
) WITHOUT ROWID;

ALTER TABLE item_changes ADD COLUMN patterns TEXT;   -- all patterns from then on, a JSON list

CREATE INDEX item_changes_of_patterns ON item_changes (revision) WHERE patterns IS NOT NULL;

CREATE TRIGGER patterns_added AFTER INSERT ON patterns BEGIN
    INSERT INTO item_changes (code, changed_at, patterns) VALUES ('',
        CAST(ROUND((julianday('now') - 2440587.5) * 86400000) AS INTEGER),
        (SELECT json_group_array(pattern) FROM patterns));
END;

-- An update that changes nothing is none.
CREATE TRIGGER patterns_changed AFTER UPDATE ON patterns WHEN OLD.pattern IS NOT NEW.pattern BEGIN
    INSERT INTO item_changes (code, changed_at, patterns) VALUES ('',
        CAST(ROUND((julianday('now') - 2440587.5) * 86400000) AS INTEGER),
        (SELECT json_group_array(pattern) FROM patterns));
END;

CREATE TRIGGER patterns_removed AFTER DELETE ON patterns BEGIN
    INSERT INTO item_changes (code, changed_at, patterns) VALUES ('',
        CAST(ROUND((julianday('now') - 2440587.5) * 86400000) AS INTEGER),
        (SELECT json_group_array(pattern) FROM patterns));
END;

-- They were a fact before, with blanks between them.
INSERT OR IGNORE INTO patterns (pattern)
    WITH RECURSIVE split (word, rest) AS (
        SELECT '', value || ' ' FROM facts WHERE name = 'patterns'
        UNION ALL
        SELECT substr(rest, 1, instr(rest, ' ') - 1), substr(rest, instr(rest, ' ') + 1)
            FROM split WHERE rest <> ''
    )
    SELECT word FROM split WHERE word <> '';
DELETE FROM facts WHERE name = 'patterns';

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
