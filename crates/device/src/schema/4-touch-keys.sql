-- Version 4: keys on the till page for what is sold by touch, because it has no bar code or because it is
-- sold all the time. Shop software may read and write them; they are never sent.

CREATE TABLE touch_keys (
    place INTEGER PRIMARY KEY CHECK (place BETWEEN 1 AND 48),   -- in this order, from the upper left
    code  TEXT NOT NULL,                                        -- what it rings up, as if it were scanned
    label TEXT                                                  -- what it says; NULL: the item's name
);
