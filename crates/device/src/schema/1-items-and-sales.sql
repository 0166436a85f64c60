-- Version 1 of the store database. Shop software may read and write `items` with plain SQL; every
-- change of it is captured below, whoever makes it. The other tables are the device's own: read
-- them as you like, and leave the writing to the device.

CREATE TABLE items (
    code         TEXT NOT NULL PRIMARY KEY,   -- as it is scanned
    name         TEXT NOT NULL,               -- as the customer shall read it
    short_name   TEXT,                        -- as the receipt prints it
    reading      TEXT,                        -- kana, for search
    size         TEXT,
    gtin         TEXT,                        -- 8, 12, 13 or 14 digits
    kind         TEXT NOT NULL DEFAULT 'goods' CHECK (kind IN ('goods', 'service')),
    category     TEXT,
    unit         TEXT,                        -- each (if NULL), g, 100g, kg, ml, l, m, min, h, …
    unit_price   INTEGER,                     -- minor units (yen, cents)
    tax_percent  TEXT,                        -- '8', '10', '7.25'
    tax_included INTEGER,                     -- 1: the price contains the tax
    sensitive    INTEGER NOT NULL DEFAULT 0   -- 1: shown only to the buyer
);

-- What happened to the items, in order. A revision is never used again.
CREATE TABLE item_changes (
    revision   INTEGER PRIMARY KEY AUTOINCREMENT,
    code       TEXT NOT NULL,
    changed_at INTEGER NOT NULL,   -- milliseconds since 1970, UTC
    item       TEXT,               -- the row as JSON; NULL: taken away
    problem    TEXT                -- why the server could not be told
);

CREATE INDEX item_changes_by_code ON item_changes (code, revision);
CREATE INDEX item_changes_untold ON item_changes (revision) WHERE problem IS NOT NULL;

CREATE TRIGGER items_added AFTER INSERT ON items BEGIN
    INSERT INTO item_changes (code, changed_at, item) VALUES (NEW.code,
        CAST(ROUND((julianday('now') - 2440587.5) * 86400000) AS INTEGER),
        json_object('name', NEW.name, 'short_name', NEW.short_name, 'reading', NEW.reading,
            'size', NEW.size, 'gtin', NEW.gtin, 'kind', NEW.kind, 'category', NEW.category,
            'unit', NEW.unit, 'unit_price', NEW.unit_price, 'tax_percent', NEW.tax_percent,
            'tax_included', NEW.tax_included, 'sensitive', NEW.sensitive));
END;

-- A code that was changed is taken away under its old name.
CREATE TRIGGER items_recoded AFTER UPDATE OF code ON items WHEN OLD.code IS NOT NEW.code BEGIN
    INSERT INTO item_changes (code, changed_at) VALUES (OLD.code,
        CAST(ROUND((julianday('now') - 2440587.5) * 86400000) AS INTEGER));
END;

-- An update that changes nothing is none.
CREATE TRIGGER items_changed AFTER UPDATE ON items
    WHEN OLD.code IS NOT NEW.code OR OLD.name IS NOT NEW.name
        OR OLD.short_name IS NOT NEW.short_name OR OLD.reading IS NOT NEW.reading
        OR OLD.size IS NOT NEW.size OR OLD.gtin IS NOT NEW.gtin OR OLD.kind IS NOT NEW.kind
        OR OLD.category IS NOT NEW.category OR OLD.unit IS NOT NEW.unit
        OR OLD.unit_price IS NOT NEW.unit_price OR OLD.tax_percent IS NOT NEW.tax_percent
        OR OLD.tax_included IS NOT NEW.tax_included OR OLD.sensitive IS NOT NEW.sensitive
BEGIN
    INSERT INTO item_changes (code, changed_at, item) VALUES (NEW.code,
        CAST(ROUND((julianday('now') - 2440587.5) * 86400000) AS INTEGER),
        json_object('name', NEW.name, 'short_name', NEW.short_name, 'reading', NEW.reading,
            'size', NEW.size, 'gtin', NEW.gtin, 'kind', NEW.kind, 'category', NEW.category,
            'unit', NEW.unit, 'unit_price', NEW.unit_price, 'tax_percent', NEW.tax_percent,
            'tax_included', NEW.tax_included, 'sensitive', NEW.sensitive));
END;

CREATE TRIGGER items_removed AFTER DELETE ON items BEGIN
    INSERT INTO item_changes (code, changed_at) VALUES (OLD.code,
        CAST(ROUND((julianday('now') - 2440587.5) * 86400000) AS INTEGER));
END;

-- Finished sales, returns and voids. `waiting` is the outbox.
CREATE TABLE sales (
    id                 INTEGER PRIMARY KEY AUTOINCREMENT,
    terminal           TEXT NOT NULL,
    business_date      TEXT NOT NULL,
    number             TEXT NOT NULL,      -- the transaction
    kind               TEXT NOT NULL CHECK (kind IN ('sale', 'return', 'void')),
    made_at            INTEGER NOT NULL,   -- milliseconds since 1970, UTC
    currency           TEXT NOT NULL,
    total              INTEGER NOT NULL,   -- minor units, never negative
    catalogue_revision INTEGER,            -- the newest change when it was rung up
    digest             BLOB NOT NULL,      -- SHA-256 of its canonical bytes
    body               TEXT NOT NULL,      -- the settlement as it is sent, JSON
    state              TEXT NOT NULL DEFAULT 'waiting'
                       CHECK (state IN ('waiting', 'filed', 'refused')),
    tries              INTEGER NOT NULL DEFAULT 0,
    settled_at         INTEGER,
    purchase_id        TEXT,
    problem            TEXT,               -- why the server refused it
    request            TEXT,               -- the till's own id of the request, if it gave one
    UNIQUE (terminal, business_date, number)
);
CREATE INDEX sales_by_state ON sales (state, id);
CREATE INDEX sales_by_kind ON sales (kind);
CREATE INDEX sales_by_day ON sales (business_date);
CREATE UNIQUE INDEX sales_by_request ON sales (terminal, request) WHERE request IS NOT NULL;
CREATE INDEX sales_by_revision ON sales (catalogue_revision);

-- The last number of each till. It only grows.
CREATE TABLE numbers (
    terminal TEXT NOT NULL PRIMARY KEY,
    last     INTEGER NOT NULL
) WITHOUT ROWID;

-- What the device knows about itself, by name.
CREATE TABLE facts (
    name  TEXT NOT NULL PRIMARY KEY,
    value TEXT NOT NULL
) WITHOUT ROWID;

-- What was done at the device, and by whom.
CREATE TABLE log (
    id     INTEGER PRIMARY KEY AUTOINCREMENT,
    at     INTEGER NOT NULL,
    staff  TEXT,
    what   TEXT NOT NULL,
    detail TEXT NOT NULL
);
