-- Version 3: what tills and their staff take.

-- What each line was called when it was sold, as a JSON array, for printing again. Never sent.
ALTER TABLE sales ADD COLUMN names TEXT;

-- The day close that counted a sale; NULL: none yet.
ALTER TABLE sales ADD COLUMN closed_by INTEGER;
CREATE INDEX sales_unclosed ON sales (business_date, terminal) WHERE closed_by IS NULL;

-- Cash that came or went beside the sales. Never sent.
CREATE TABLE cash_moves (
    id            INTEGER PRIMARY KEY AUTOINCREMENT,
    terminal      TEXT NOT NULL,
    business_date TEXT NOT NULL,
    kind          TEXT NOT NULL CHECK (kind IN ('float', 'in', 'out')),
    amount        INTEGER NOT NULL CHECK (amount >= 0),   -- minor units
    reason        TEXT NOT NULL,
    staff         TEXT,
    made_at       INTEGER NOT NULL,                       -- milliseconds since 1970, UTC
    request       TEXT,
    closed_by     INTEGER,
    UNIQUE (terminal, request)
);
CREATE INDEX cash_moves_unclosed ON cash_moves (business_date, terminal) WHERE closed_by IS NULL;

-- Day closes. Their numbers only grow. Never sent.
CREATE TABLE closes (
    number        INTEGER PRIMARY KEY AUTOINCREMENT,
    business_date TEXT NOT NULL,
    terminal      TEXT,              -- NULL: all tills of the store
    closed_at     INTEGER NOT NULL,  -- milliseconds since 1970, UTC
    staff         TEXT,
    report        TEXT NOT NULL,     -- what was counted, JSON
    request       TEXT UNIQUE
);
CREATE INDEX closes_by_day ON closes (business_date);

-- Who serves. A PIN is kept as PBKDF2-HMAC-SHA256 with a salt and a number of rounds of its own.
CREATE TABLE staff (
    number     TEXT NOT NULL PRIMARY KEY,
    name       TEXT NOT NULL,
    role       TEXT NOT NULL CHECK (role IN ('cashier', 'manager')),
    salt       BLOB,                          -- NULL: signs on by number alone
    pin        BLOB,
    rounds     INTEGER,
    wrong      INTEGER NOT NULL DEFAULT 0,    -- wrong PINs since the last right one
    wait_until INTEGER NOT NULL DEFAULT 0     -- no PIN is looked at before this; milliseconds since 1970
) WITHOUT ROWID;

-- Tills on other machines. Only SHA-256 of a key is kept.
CREATE TABLE till_keys (
    name    TEXT NOT NULL PRIMARY KEY,
    hash    BLOB NOT NULL UNIQUE,
    made_at INTEGER NOT NULL   -- milliseconds since 1970, UTC
) WITHOUT ROWID;
