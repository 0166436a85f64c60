-- What somebody would build by hand on PostgreSQL instead of Orihon, written as a good engineer would
-- write it first. There is one row for each purchase and one for each line, and an index for each
-- question that is asked daily. It has no foreign keys: only the two functions below write, and to
-- check each line's purchase again would make the hand-built form slower than it has to be.

CREATE TABLE catalogue_items (
  store_id       text        NOT NULL,
  code           text        NOT NULL,
  effective_from timestamptz NOT NULL,
  revision       bigint      NOT NULL,
  name           text        NOT NULL,
  unit_price     bigint      NOT NULL,
  PRIMARY KEY (store_id, code, effective_from, revision)
);

CREATE SEQUENCE purchase_ids;

CREATE TABLE purchases (
  purchase_id   bigint      NOT NULL DEFAULT nextval('purchase_ids'),
  store_id      text        NOT NULL,
  terminal      text        NOT NULL,
  business_date date        NOT NULL,
  transaction   text        NOT NULL,
  kind          text        NOT NULL,
  purchased_at  timestamptz NOT NULL,
  received_at   timestamptz NOT NULL DEFAULT now(),
  currency      text        NOT NULL,
  user_id       text,
  total         bigint      NOT NULL,
  taxes         jsonb,
  tenders       jsonb,
  PRIMARY KEY (store_id, terminal, business_date, transaction)
);
CREATE INDEX purchases_of_a_person ON purchases (user_id, purchased_at DESC);

CREATE TABLE purchase_lines (
  purchase_id        bigint  NOT NULL,
  line               integer NOT NULL,
  code               text    NOT NULL,
  name               text,
  catalogue_revision bigint,
  quantity           numeric NOT NULL,
  unit_price         bigint  NOT NULL,
  amount             bigint  NOT NULL,
  PRIMARY KEY (purchase_id, line)
);

-- Files one settlement; false if its key was there.
CREATE FUNCTION file_settlement(sent jsonb) RETURNS boolean LANGUAGE plpgsql AS $$
DECLARE
  filed bigint;
BEGIN
  INSERT INTO purchases (store_id, terminal, business_date, transaction, kind, purchased_at, currency,
                         user_id, total, taxes, tenders)
  VALUES (sent->>'store_id', sent->>'terminal', (sent->>'business_date')::date, sent->>'transaction',
          sent->>'kind', (sent->>'purchased_at')::timestamptz, sent->>'currency',
          sent->'user'->>'id', (sent->>'total')::bigint, sent->'taxes', sent->'tenders')
  ON CONFLICT DO NOTHING
  RETURNING purchase_id INTO filed;
  IF filed IS NULL THEN
    RETURN false;
  END IF;

  INSERT INTO purchase_lines
  SELECT filed, sold.line, sold.code, item.name, item.revision, sold.quantity, sold.unit_price, sold.amount
  FROM ROWS FROM (jsonb_to_recordset(sent->'lines')
                  AS (code text, quantity numeric, unit_price bigint, amount bigint))
       WITH ORDINALITY AS sold (code, quantity, unit_price, amount, line)
  LEFT JOIN LATERAL (
    SELECT name, revision FROM catalogue_items
    WHERE store_id = sent->>'store_id' AND code = sold.code
      AND effective_from <= (sent->>'purchased_at')::timestamptz
      AND revision <= (sent->>'catalogue_revision')::bigint
    ORDER BY effective_from DESC, revision DESC LIMIT 1
  ) item ON true;
  RETURN true;
END $$;

-- Files an array of settlements in one statement; how many were new. Numbers are drawn beforehand, so
-- that a key that stands twice in the array is filed once, with the lines of one.
CREATE FUNCTION file_settlements(sent jsonb) RETURNS bigint LANGUAGE plpgsql AS $$
DECLARE
  filed_count bigint;
BEGIN
  WITH settlements AS (
    SELECT nextval('purchase_ids') AS purchase_id, each.*
    FROM jsonb_to_recordset(sent)
      AS each (store_id text, terminal text, business_date date, transaction text, kind text,
               purchased_at timestamptz, currency text, "user" jsonb, total bigint, taxes jsonb,
               tenders jsonb, catalogue_revision bigint, lines jsonb)
  ), filed AS (
    INSERT INTO purchases (purchase_id, store_id, terminal, business_date, transaction, kind,
                           purchased_at, currency, user_id, total, taxes, tenders)
    SELECT purchase_id, store_id, terminal, business_date, transaction, kind,
           purchased_at, currency, "user"->>'id', total, taxes, tenders
    FROM settlements
    ON CONFLICT DO NOTHING
    RETURNING purchase_id
  ), lines AS (
    INSERT INTO purchase_lines
    SELECT purchase_id, sold.line, sold.code, item.name, item.revision, sold.quantity, sold.unit_price,
           sold.amount
    FROM filed JOIN settlements USING (purchase_id)
    CROSS JOIN LATERAL
      ROWS FROM (jsonb_to_recordset(settlements.lines)
                 AS (code text, quantity numeric, unit_price bigint, amount bigint))
      WITH ORDINALITY AS sold (code, quantity, unit_price, amount, line)
    LEFT JOIN LATERAL (
      SELECT name, revision FROM catalogue_items
      WHERE store_id = settlements.store_id AND code = sold.code
        AND effective_from <= settlements.purchased_at
        AND revision <= settlements.catalogue_revision
      ORDER BY effective_from DESC, revision DESC LIMIT 1
    ) item ON true
  )
  SELECT count(*) INTO filed_count FROM filed;
  RETURN filed_count;
END $$;
