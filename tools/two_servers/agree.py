"""Two ledgers that were given the same year, asked over HTTP as an operator and as each person: do they
say the same? People are matched by `ref`. Left out is what each ledger makes for itself: ids of people and
purchases, and the moments of receipt. It changes nothing but that each person gets one more key.
"""
import collections, concurrent.futures, hashlib, http.client, itertools, json, threading
from own_postgres import Trouble

READERS = 8
ANSWER_SECONDS = 120
DIGESTS = 1 << 256
BOOK = "/v1/me/exports/ndjson"


class View:
    """One ledger, by the servers that share it: they are asked in turn."""

    def __init__(self, ports, operator_key):
        self.ports, self.operator_key = itertools.cycle(ports), operator_key
        self.turn, self.own = threading.Lock(), threading.local()

    def ask(self, path, key=None, message=None):
        with self.turn:
            port = next(self.ports)
        known = self.own.__dict__.setdefault("connections", {})
        if port not in known:
            known[port] = http.client.HTTPConnection("127.0.0.1", port, timeout=ANSWER_SECONDS)
        headers = {"Authorization": f"Bearer {key or self.operator_key}", "Content-Type": "application/json"}
        body = None if message is None else json.dumps(message)
        # A connection that was idle may have been closed; all that is asked here may be asked again.
        for last_try in (False, True):
            try:
                known[port].request("POST" if body else "GET", path, body, headers)
                answer = known[port].getresponse()
                text = answer.read()
                break
            except (http.client.HTTPException, OSError) as error:
                known[port].close()
                if last_try:
                    raise Trouble(f"{path} was not answered: {error!r}") from None
        if answer.status >= 300:
            raise Trouble(f"{path} was answered {answer.status}: {text[:300].decode(errors='replace')}")
        return text

    def read(self, path, **how):
        return json.loads(self.ask(path, **how))

    def pages(self, path, member):
        """All of a list that comes in pages."""
        found, cursor = [], None
        while True:
            page = self.read(path + (f"{'&' if '?' in path else '?'}cursor={cursor}" if cursor else ""))
            found += page[member]
            cursor = page.get("next_cursor")
            if not cursor:
                return found


class Findings:
    """What was compared, and every difference."""

    def __init__(self, progress):
        self.compared, self.differences, self.progress = collections.Counter(), [], progress

    def same(self, what, one, other):
        if one != other:
            self.differences.append(f"{what}: {first_difference(one, other)}")
        return one == other

    def each(self, label, work, things, pool):
        """Does `work` with each thing, and shows how far it is. What cannot be read is a difference too."""
        things = list(things)

        def guarded(thing):
            try:
                work(thing)
            except Trouble as trouble:
                self.differences.append(f"{label}: {trouble}")

        step = max(len(things) // 4, 1)
        for number, _ in enumerate(pool.map(guarded, things), 1):
            if number % step == 0 or number == len(things):
                self.progress(f"  {label}: {number:,} of {len(things):,}")
        self.compared[label] += len(things)


def first_difference(one, other, path=""):
    """Where two JSON values part, with both."""
    if isinstance(one, dict) and isinstance(other, dict):
        for name in sorted(one.keys() | other.keys(), key=str):
            if one.get(name) != other.get(name):
                return first_difference(one.get(name), other.get(name), f"{path}/{name}")
    if isinstance(one, list) and isinstance(other, list) and len(one) == len(other):
        for at, (left, right) in enumerate(zip(one, other)):
            if left != right:
                return first_difference(left, right, f"{path}/{at}")
    return f"{path or 'whole'}: {short(one)} embedded, {short(other)} in the other ledger"


def short(value):
    text = json.dumps(value, ensure_ascii=False, default=str)
    return text if len(text) <= 120 else text[:117] + "…"


# ---- what is compared ----------------------------------------------------------------------

def compare(year, embedded, databases, progress):
    """Everything an operator and each person can see of the year; and what the embedded ledger said, by which it
    is known again behind a move: its days, and digests of its books by a key of each person."""
    findings, both, days, books = Findings(progress), (embedded, databases), {}, {}
    references = [json.loads(line)["user_ref"] for line in open(year / "users.ndjson", encoding="utf-8")]
    with concurrent.futures.ThreadPoolExecutor(READERS) as pool:
        stores = compare_stores(findings, both, pool)
        compare_people(findings, both, references, books, pool)
        findings.each("store-days", lambda day: compare_day(findings, both, day, days), store_days(year), pool)
    if set(stores) != {store for store, _ in days}:
        findings.differences.append("the days are not those of all stores")
    return findings, days, books


def compare_stores(findings, both, pool):
    lists = [{store["store_id"]: store for store in view.pages("/v1/stores", "stores")} for view in both]
    counts = [{count.pop("store_id"): count for count in view.pages("/v1/counts?by=store", "counts")} for view in both]
    findings.same("the stores", *lists)
    findings.same("counts by store", *counts)

    def one(store):
        for what in ("catalogue", "pending", "conflicts"):
            found = [view.read(f"/v1/stores/{store}/{what}") for view in both]
            findings.same(f"{what} of store {store}", *found)
            if what == "pending":
                findings.compared["codes that wait"] += len(found[0]["pending"])
            if what == "catalogue":
                findings.compared["catalogue entries"] += found[0]["items"]

    findings.each("stores", one, lists[0], pool)
    return lists[0]


def compare_people(findings, both, references, seen, pool):
    counts = [{count.pop("user_id"): count for count in view.pages("/v1/counts?by=user", "counts")} for view in both]
    findings.same("how many people have counts", *map(len, counts))
    # A row for each purchase that is the same in both; several threads may add to it.
    tallies = collections.deque()

    def one(reference):
        # Who is there already is answered with the same id.
        ids = [view.read("/v1/users", message={"ref": reference})["user_id"] for view in both]
        findings.same(f"counts of person {reference}", *(count.get(who) for count, who in zip(counts, ids)))
        keys = [view.read(f"/v1/users/{who}/tokens", message={})["token"] for view, who in zip(both, ids)]
        texts = [view.ask(BOOK, key=key) for view, key in zip(both, keys)]
        seen[keys[0]] = hashlib.sha256(texts[0]).digest()
        books = [book(reference, text) for text in texts]
        for key in books[0].keys() | books[1].keys():
            pair = [found.get(key) for found in books]
            if findings.same(f"person {reference}, purchase {' '.join(key)}", *pair):
                lines = pair[0]["lines"]
                tallies.append((1, len(lines), sum(line["name"] is not None for line in lines),
                                sum(line["name_source"] == "pending" for line in lines)))

    findings.each("people", one, references, pool)
    sums = [sum(column) for column in zip(*tallies)]
    findings.compared.update(dict(zip(("purchases", "lines", "named lines", "lines that wait"), sums)))


def book(reference, text):
    """A person's whole book by settlement key, without what each ledger makes for itself."""
    found = {}
    head, *purchases, end = map(json.loads, text.splitlines())
    if "orihon_export" not in head or end.get("purchases") != len(purchases):
        raise Trouble(f"the book of person {reference} is not whole: {len(purchases)} purchases, and the end says {end}")
    for purchase in purchases:
        # The ids of purchases and people are each ledger's own.
        del purchase["purchase_id"], purchase["received_at"]
        purchase["settlement"].pop("user", None)
        for item in purchase["lines"]:
            # Named later or not, that must be the same; when, is each ledger's own.
            item["named_at"] = item.get("named_at") is not None
        key = tuple(purchase["key"].values())
        if key in found:
            raise Trouble(f"person {reference} has {' '.join(key)} twice")
        found[key] = purchase
    return found


def store_days(year):
    """Every store and business date of the year."""
    with open(year / "settlements.ndjson", encoding="utf-8") as lines:
        return sorted({(sale["store_id"], sale["business_date"]) for sale in map(json.loads, lines)})


def compare_day(findings, both, day, days):
    """Count, totals and settlement keys of a day are the same in both. Its digest is not, because settlements
    name people by each ledger's own ids; it must be the sum of its settlements' digests in each."""
    store, date = day
    path, name, keys = f"/v1/stores/{store}/days/{date}", f"store {store} on {date}", []
    answers = [view.read(path) for view in both]
    for view, answer, where in zip(both, answers, ("embedded", "in the database")):
        listed = view.pages(path + "/settlements", "settlements")
        keys.append(sorted(tuple(settlement["key"].values()) for settlement in listed))
        summed = sum(number(settlement["digest"]) for settlement in listed) % DIGESTS
        if (answer["settlements"], number(answer["digest"])) != (len(listed), summed):
            findings.differences.append(f"{name}, {where}: count or digest is not that of its settlements")
    findings.same(name, *({**answer, "digest": None} for answer in answers))
    findings.same(f"settlements of {name}", *keys)
    days[day] = answers[0]


def number(digest):
    return int.from_bytes(bytes.fromhex(digest), "little")


def compare_moved(days, books, moved, progress):
    """Behind a move every day must be the very same, with its digest, and every book to the byte, for the same key."""
    findings = Findings(progress)

    def one_day(day):
        findings.same(f"store {day[0]} on {day[1]}", days[day], moved.read(f"/v1/stores/{day[0]}/days/{day[1]}"))

    def one_book(key):
        if hashlib.sha256(moved.ask(BOOK, key=key)).digest() != books[key]:
            # A key is a secret, also here; the first purchase tells whose book it is.
            findings.differences.append(f"a book is another one; it begins: {moved.ask(BOOK, key=key)[:160]!r}")

    with concurrent.futures.ThreadPoolExecutor(READERS) as pool:
        findings.each("store-days", one_day, days, pool)
        findings.each("books", one_book, books, pool)
    return findings
