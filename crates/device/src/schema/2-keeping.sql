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
