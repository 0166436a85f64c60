-- What the callers send, made beforehand so that nothing is made while it is measured: settlements as
-- JSON, with @ where the till is named. Each call takes one at random and puts a till in that nobody
-- else has, which makes the keys in it new. Arrays are not compressed: no sender would do that.

CREATE TABLE offered (number integer PRIMARY KEY, body text NOT NULL);
CREATE TABLE offered_arrays (number integer PRIMARY KEY, body text NOT NULL);
ALTER TABLE offered_arrays ALTER body SET STORAGE EXTERNAL;
