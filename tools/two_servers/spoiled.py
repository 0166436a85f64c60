"""The control: a year, or rows of a database, that are not what the other ledger was given. The comparison
must find each of these; one that finds nothing would show nothing.
"""
import json, os
from own_postgres import Trouble

# Without the last sale; one item that was sold has another name; a store's day says what another one says;
# one line that waits for its name is forgotten; the ledger that moved has such a day.
WAYS = ("sale", "name", "day", "pending", "moved")

# A whole row of another day: a byte that is changed would be noticed as damage by the server itself.
OTHER_DAY = """
UPDATE orihon.days AS d SET row = before.row
FROM orihon.days AS before,
     (SELECT store_id, min(business_date) AS first, max(business_date) AS last FROM orihon.days
      GROUP BY store_id HAVING count(*) > 1 ORDER BY store_id LIMIT 1) AS store
WHERE d.store_id = store.store_id AND d.business_date = store.last
  AND before.store_id = store.store_id AND before.business_date = store.first
RETURNING 1
"""
FORGOTTEN = "DELETE FROM orihon.pending_lines WHERE ctid = (SELECT min(ctid) FROM orihon.pending_lines) RETURNING 1"


def year(way, year, folder):
    """The year that the database is given: the same one, unless the way to spoil it is by what is sent."""
    if way not in ("sale", "name"):
        return year
    spoiled = folder / "year"
    spoiled.mkdir()
    changed = {"sale": "settlements.ndjson", "name": "catalogue.ndjson"}[way]
    for source in year.glob("*.ndjson"):
        if source.name != changed:
            os.symlink(source.resolve(), spoiled / source.name)
    lines = (year / changed).read_text(encoding="utf-8").splitlines(keepends=True)
    if way == "sale":
        lines.pop()
    else:
        at, item = first_sold(year, lines)
        lines[at] = json.dumps({**item, "name": "something else"}) + "\n"
    (spoiled / changed).write_text("".join(lines), encoding="utf-8")
    return spoiled


def first_sold(year, lines):
    """The first item of the catalogue that somebody bought, and where it stands."""
    with open(year / "settlements.ndjson", encoding="utf-8") as sales:
        sold = {(sale["store_id"], line["code"]) for sale in map(json.loads, sales) for line in sale["lines"]}
    for at, item in enumerate(map(json.loads, lines)):
        if (item["store_id"], item["code"]) in sold:
            return at, item
    raise Trouble("nobody bought anything that the catalogue knows; take a larger year")


def rows(way, postgres, database):
    """Changes a row behind the servers' backs."""
    statement = {("day", "ledger"): OTHER_DAY, ("moved", "moved"): OTHER_DAY, ("pending", "ledger"): FORGOTTEN}
    if (way, database) in statement and postgres.sql(statement[way, database], database) != "1":
        raise Trouble("the control could not change one row; take a larger year")
