"""A PostgreSQL of one's own, durable and on loopback, and processes that are surely ended: for the
tools that measure or try a ledger in a database. It knows no tables and nothing of Orihon.
"""
import contextlib, glob, os, pathlib, pwd, signal, socket, subprocess, sys, time

FIX = "on Debian: apt-get install postgresql-15; elsewhere say where they are with --binaries"
NEEDED = ("initdb", "postgres", "pg_isready", "psql", "pgbench")
# What decides about durability is said, though it is the default. Compiling is for long queries and
# gains nothing here. What else a good engineer would set first is the memory.
SETTINGS = {"listen_addresses": "127.0.0.1", "unix_socket_directories": "", "fsync": "on",
            "synchronous_commit": "on", "full_page_writes": "on", "shared_buffers": "512MB",
            "max_wal_size": "4GB", "jit": "off", "timezone": "UTC"}
# How long anything may take beyond what was asked for.
PATIENCE_SECONDS = 600


class Trouble(Exception):
    """What went wrong and what to do about it, in words for the person at the keyboard."""


def progress(text):
    print(text, file=sys.stderr, flush=True)


# ---- processes -----------------------------------------------------------------------------

def environment():
    """What is set for daily work, such as PGOPTIONS, must not direct or weaken a measurement."""
    return {name: value for name, value in os.environ.items() if not name.startswith(("PG", "ORIHON_"))}


def end(child, *signals):
    """Ends a process of ours: each signal gets some time before the next, stronger one."""
    for sent in (*signals, signal.SIGKILL):
        if child.poll() is None:
            child.send_signal(sent)
            with contextlib.suppress(subprocess.TimeoutExpired):
                child.wait(60)


def run(words, text=None, seconds=0, accept=(0,), env=None, **how):
    """Runs a program to its end; what it printed. Its session is its own: Ctrl-C is for us, who end it."""
    name = pathlib.Path(words[0]).name
    child = subprocess.Popen([str(word) for word in words], stdin=subprocess.PIPE, stdout=subprocess.PIPE,
                             stderr=subprocess.PIPE, text=True, env=environment() | (env or {}), start_new_session=True,
                             **how)
    try:
        out, err = child.communicate(text or "", timeout=seconds + PATIENCE_SECONDS)
    except subprocess.TimeoutExpired:
        raise Trouble(f"{name} did not end within {seconds + PATIENCE_SECONDS} s") from None
    finally:
        # What we run may have children of its own, and takes them down when it is interrupted.
        end(child, signal.SIGINT)
    if child.returncode not in accept:
        raise Trouble(f"{name} ended with {child.returncode}; it said:\n{last(err or out)}")
    return out


def last(text, lines=12):
    return "\n".join("  " + line for line in text.strip().splitlines()[-lines:])


def find_binaries(folder):
    """The folder that holds them: Debian has one for each version, apart from what PATH names."""
    folders = [folder] if folder else [
        *sorted(glob.glob("/usr/lib/postgresql/*/bin"), key=lambda path: int(path.split("/")[4]), reverse=True),
        *os.environ.get("PATH", "").split(os.pathsep)]
    for place in map(pathlib.Path, folders):
        if all(os.access(place / name, os.X_OK) for name in NEEDED):
            return place.resolve()
    raise Trouble(f"{', '.join(NEEDED)} of PostgreSQL are not together in {folder or 'any known folder'}; {FIX}")


def identity():
    """As whom the server runs: it refuses root."""
    if os.geteuid() != 0:
        return {}
    try:
        user = pwd.getpwnam("postgres")
    except KeyError:
        raise Trouble("PostgreSQL refuses to run as root, and there is no user postgres to run it as;\n"
                      f"  run this as another user, or {FIX}") from None
    return {"user": user.pw_uid, "group": user.pw_gid, "extra_groups": []}


def free_port():
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return free.getsockname()[1]


# Whoever makes a ledger in this database gets one that commits in two steps.
IN_TWO_STEPS = """
CREATE FUNCTION say_two() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN NEW.steps := 2; RETURN NEW; END $$;
CREATE FUNCTION when_made() RETURNS event_trigger LANGUAGE plpgsql AS $$ BEGIN
  IF to_regclass('orihon.ledger') IS NOT NULL AND NOT EXISTS (SELECT FROM pg_trigger WHERE tgname = 'say_two') THEN
    CREATE TRIGGER say_two BEFORE INSERT ON orihon.ledger FOR EACH ROW EXECUTE FUNCTION say_two();
  END IF; END $$;
CREATE EVENT TRIGGER made ON ddl_command_end WHEN TAG IN ('CREATE TABLE') EXECUTE FUNCTION when_made();
"""


class Postgres:
    """A server of our own on an empty folder, reached over loopback like any other."""

    def __init__(self, binaries, folder):
        self.binaries, self.folder, self.child = binaries, folder, None
        self.port = free_port()
        self.address = ["-h", "127.0.0.1", "-p", str(self.port), "-U", "postgres"]

    def __enter__(self):
        data, who = self.folder / "data", identity()
        data.mkdir(mode=0o700)
        if who:
            os.chown(data, who["user"], who["group"])
        # From a folder that everybody may enter: another user may not enter the one we were started in.
        try:
            run([self.binaries / "initdb", "-D", data, "-U", "postgres", "--data-checksums", "--auth=trust",
                 "--encoding=UTF8", "--locale=C"], cwd="/", **who)
        except Trouble as trouble:
            raise Trouble(f"{trouble}\n  The user that PostgreSQL runs as must get to the --folder.") from None
        words = [str(self.binaries / "postgres"), "-D", str(data), "-p", str(self.port)]
        for name, value in SETTINGS.items():
            words += ["-c", f"{name}={value}"]
        with open(self.folder / "server.log", "wb") as log:
            self.child = subprocess.Popen(words, stdin=subprocess.DEVNULL, stdout=log, stderr=log, cwd="/",
                                          env=environment(), start_new_session=True, **who)
        try:
            self.wait_until_ready()
        except BaseException:
            self.__exit__()
            raise
        return self

    def __exit__(self, *_):
        # The signals of a fast and of an immediate shutdown.
        end(self.child, signal.SIGINT, signal.SIGQUIT)

    def wait_until_ready(self):
        for _ in range(300):
            said = run([self.binaries / "pg_isready", *self.address], accept=(0, 1, 2))
            if self.child.poll() is not None:
                break
            if "accepting connections" in said:
                return
            time.sleep(0.1)
        raise Trouble(f"PostgreSQL did not start; it said:\n{last((self.folder / 'server.log').read_text())}")

    def sql(self, text, database="postgres"):
        return run([self.binaries / "psql", *self.address, "-d", database, "-XqAt", "-v", "ON_ERROR_STOP=1"],
                   text).strip()

    def commit_in(self, steps, database):
        """Lets the ledger that is going to be made in this database commit in so many steps."""
        if steps == 2:
            self.sql(IN_TWO_STEPS, database)

    def has_committed_in(self, steps, database):
        """The control: it did so, and left nothing over."""
        said = self.sql("SELECT steps, (SELECT count(*) FROM orihon.to_file) FROM orihon.ledger", database)
        if said != f"{steps}|0":
            raise Trouble(f"the ledger says {said} of its steps and left-overs, not {steps}|0")
