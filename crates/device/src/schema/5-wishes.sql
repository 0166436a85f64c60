-- Version 5: names that somebody at the server asks the shop for. Shop software may read them; the device
-- writes them anew with every report, and takes one away as soon as the item is there.

CREATE TABLE wishes (
    code     TEXT NOT NULL PRIMARY KEY,   -- as it was scanned
    asked_at INTEGER NOT NULL,            -- milliseconds since 1970, UTC
    lines    INTEGER NOT NULL             -- lines that waited for the name then
) WITHOUT ROWID;

CREATE TRIGGER wishes_met AFTER INSERT ON items BEGIN
    DELETE FROM wishes WHERE code = NEW.code;
END;

CREATE TRIGGER wishes_met_later AFTER UPDATE OF code ON items BEGIN
    DELETE FROM wishes WHERE code = NEW.code;
END;
