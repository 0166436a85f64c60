#!/usr/bin/env python3
"""Takes the power away from a program while it writes, and asks what it still knows.

Killing a process says nothing about a missing fsync: the kernel keeps the pages and writes them
later. Here it loses them. Each round starts --run, which writes below {mnt} (ext4 on a loop
device) and notes below {out}, outside of it, what it has acknowledged; freezes it after a random
time, shuts the file system down unflushed, and only then kills; mounts again, so that ext4
recovers as after a power cut; and starts --verify, whose exit status says 0 for nothing
acknowledged is missing and 1 for something is (any other is bad, but no loss).

    powercut.py --run 'PROGRAM {mnt}/data {out}/notes' --verify 'CHECKER {mnt}/data {out}/notes'

Disk and notes live on from round to round. Use a folder below {mnt}, and no daemons. A harness that
cannot fail proves nothing: run it also on a program that must lose data, with --expect-loss. Exit
status: 0 as hoped, 1 not as hoped, 2 the test went wrong, 77 this machine cannot carry it out.
"""
import argparse, contextlib, ctypes, fcntl, glob, os, random, shutil, signal, subprocess, sys, tempfile, time

# From the kernel's ext4 header, _IOR('X', 125, __u32); flag 2 drops ext4's journal as well.
IOC_SHUTDOWN, NO_LOG_FLUSH = 0x8004587D, (2).to_bytes(4, sys.byteorder)
NEW_MOUNT_NAMESPACE, DIE_WITH_PARENT = 0x20000, 1
VERIFY_SECONDS_MAX, PATIENCE_SECONDS, STARTED = 300, 20, set()
KERNEL = ctypes.CDLL(None)


class CannotHere(Exception): """The machine lacks what the test needs."""
class WentWrong(Exception): """The test failed to test; nothing follows about the program."""


def say(text):
    print(f"powercut: {text}", flush=True)


def tool(*words):
    # A session of its own: Ctrl-C must not cut a mount or an unmount in half.
    done = subprocess.run(words, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, text=True,
                          stderr=subprocess.STDOUT, start_new_session=True)
    if done.returncode != 0:
        raise WentWrong(f"{words[0]}: {done.stdout.strip()}")


def start(command, disk):
    command = command.replace("{mnt}", disk.mnt).replace("{out}", disk.out)
    child = subprocess.Popen(["sh", "-c", command], stdin=subprocess.DEVNULL, start_new_session=True,
                             preexec_fn=lambda: KERNEL.prctl(DIE_WITH_PARENT, signal.SIGKILL))
    STARTED.add(child.pid)
    return child


def threads():
    """(process, state) of every living thread in the sessions of the commands we started."""
    for path in glob.glob("/proc/[0-9]*/task/*/stat"):
        with contextlib.suppress(OSError, ValueError), open(path, errors="replace") as f:
            state, _parent, _group, session = f.read().rpartition(")")[2].split()[:4]
            if int(session) in STARTED and state not in "ZX":
                yield int(path.split("/")[2]), state


def patiently(hope):
    for _ in range(PATIENCE_SECONDS * 200):
        yield
        time.sleep(0.005)
    raise WentWrong(f"waited {PATIENCE_SECONDS} s in vain for {hope}")


def send(what):
    pids = {pid for pid, _ in threads()}
    for pid in pids:
        with contextlib.suppress(ProcessLookupError):
            os.kill(pid, what)
    return pids


def freeze():
    """Not one more instruction. A thread inside fdatasync stays inside: while the file system
    goes down that call may return success for pages that are gone, and the program would
    acknowledge them. A machine without power does not get that far."""
    for _ in patiently("the processes to stop"):
        told, now = send(signal.SIGSTOP), list(threads())
        if all(pid in told and state != "R" for pid, state in now):
            return


def kill():
    for _ in patiently("the processes to die"):
        if not send(signal.SIGKILL):
            return STARTED.clear()  # the numbers may soon be somebody else's


class Disk:
    """A file system with a plug that can be pulled."""
    def __init__(self, home, size_mib):
        self.image, self.mnt, self.out = (f"{home}/{name}" for name in ("image", "mnt", "out"))
        self.size, self.mounted = size_mib << 20, False
        os.mkdir(self.mnt)

    def make_new(self):
        self.unmount()
        shutil.rmtree(self.out, ignore_errors=True)
        os.mkdir(self.out)
        with open(self.image, "wb") as f:
            f.truncate(self.size)
        # Lazy initialisation would leave a kernel thread writing behind the test's back.
        tool("mkfs.ext4", "-qF", "-m0", "-Elazy_itable_init=0,lazy_journal_init=0", self.image)
        self.mount()
        for folder in (self.mnt, self.out):
            os.chmod(folder, 0o1777)  # a program under test may refuse to be root

    def mount(self):
        tool("mount", "-t", "ext4", "-o", "loop", self.image, self.mnt)
        self.mounted = True

    def unmount(self):
        # Never lazily: a mount that lingers keeps the page cache we mean to lose.
        for _ in patiently("the file system to be free"):
            with contextlib.suppress(WentWrong):
                if self.mounted:
                    tool("umount", self.mnt)
                self.mounted = False
                return

    def pull_the_plug(self):
        handle = os.open(self.mnt, os.O_RDONLY)
        try:
            fcntl.ioctl(handle, IOC_SHUTDOWN, NO_LOG_FLUSH)
        finally:
            os.close(handle)


def prepare(disk):
    """A mount namespace of our own: nobody else can keep the disk busy, and it goes away with
    our last process. One trial cut tells now whether this machine can do it at all."""
    if sys.platform != "linux" or os.geteuid() != 0:
        raise CannotHere("it needs Linux and root, to mount a file system and to shut it down")
    os.environ["PATH"] += ":/usr/sbin:/sbin"
    if missing := [t for t in ("mkfs.ext4", "mount", "umount") if not shutil.which(t)]:
        raise CannotHere(f"{', '.join(missing)} missing; on Debian: apt-get install e2fsprogs mount")
    # The image is sparse; if its disk filled up, the program under test would see I/O errors.
    if shutil.disk_usage(os.path.dirname(disk.image)).free < disk.size:
        raise CannotHere(f"less than {disk.size >> 20} MiB free in {tempfile.gettempdir()}")
    if KERNEL.unshare(NEW_MOUNT_NAMESPACE) != 0:
        raise CannotHere("it may not make a mount namespace")
    try:
        tool("mount", "--make-rprivate", "/")
        disk.make_new()
        disk.pull_the_plug()
        disk.make_new()
    except (WentWrong, OSError) as e:
        raise CannotHere(f"no ext4 on a loop device that can be shut down: {e}") from e


def noted(disk):
    """How much the writer has noted of what it acknowledged, in bytes."""
    return sum(entry.stat().st_size for entry in os.scandir(disk.out))


def one_round(a, disk, seconds):
    before, writer = noted(disk), start(a.run, disk)
    if a.after_notes:
        for _ in patiently("a first note"):
            if noted(disk) > before or writer.poll() is not None:
                break
    with contextlib.suppress(subprocess.TimeoutExpired):  # as it should be: still writing
        if writer.wait(timeout=seconds) != 0:
            raise WentWrong(f"--run ended by itself with status {writer.returncode}")
    freeze()
    disk.pull_the_plug()  # before the kill, since a dying process may still sync
    kill()
    disk.unmount()
    disk.mount()
    checker = start(a.verify, disk)
    with contextlib.suppress(subprocess.TimeoutExpired):  # then it is killed, and answers -9
        checker.wait(timeout=VERIFY_SECONDS_MAX)
    kill()
    return checker.wait()


def all_rounds(a, disk):
    chance, bad, done = random.Random(a.seed), 0, 0
    while done < a.rounds and (a.keep_going or not bad):
        status, done = one_round(a, disk, chance.uniform(a.min_s, a.max_s)), done + 1
        if status != 0:
            bad += 1
            say(f"round {done}: verify answered {status}")
        if a.expect_loss and status not in (0, 1):
            raise WentWrong("the control must lose data (status 1), not fail in another way")
    say(f"{'LOST' if bad else 'nothing lost'} {'as expected' if a.expect_loss == (bad > 0) else 'UNEXPECTEDLY'}"
        f" after round {done} of {a.rounds}, bad {bad}, seed {a.seed}")
    return 0 if a.expect_loss == (bad > 0) else 1


def session(a):
    with tempfile.TemporaryDirectory(prefix="powercut-", ignore_cleanup_errors=True) as home:
        os.chmod(home, 0o755)
        disk = Disk(home, a.size_mib)
        try:
            prepare(disk)
            return all_rounds(a, disk)
        except CannotHere as e:
            say(f"NOT TESTED: this machine cannot cut its own power: {e}")
            return 77
        except (WentWrong, OSError) as e:
            say(f"the test itself went wrong: {e} (seed {a.seed})")
            return 2
        finally:
            kill()
            disk.unmount()


SELF_TEST = """
import os, sys
mode, folder, notes = sys.argv[1:4]
if mode == 'check':
    noted, kept = (open(p).read().split() if os.path.exists(p) else [] for p in (notes, folder + '/log'))
    lost = len(set(noted) - set(kept))
    print('  acknowledged', len(noted), 'lost', lost, flush=True)
    sys.exit(1 if lost else 0 if noted else 3)
os.makedirs(folder, exist_ok=True)
log, note = (os.open(p, os.O_CREAT | os.O_APPEND | os.O_WRONLY) for p in (folder + '/log', notes))
sync = os.fdatasync if mode == 'sync' else lambda handle: None
for place in (folder, os.path.dirname(folder)):
    sync(os.open(place, os.O_RDONLY))
for number in range(os.fstat(note).st_size // 9, 10**8):
    os.write(log, b'%08d\\n' % number)
    sync(log)
    os.write(note, b'%08d\\n' % number)
"""


def self_test(a):
    """Two writers with known answers; believe no other answer before both come out right."""
    for kind in ("sync", "careless"):
        say(f"self-test: the {kind} writer")
        a.run, a.verify = (f"exec '{sys.executable}' -c \"{SELF_TEST}\" {mode} {{mnt}}/d {{out}}/n"
                           for mode in (kind, "check"))
        a.expect_loss, a.after_notes = kind == "careless", True
        if status := session(a):
            return status
    say("self-test passed: what is synced stays, what is not is lost")
    return 0


def main():
    p = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    p.add_argument("--run", metavar="CMD", help="the writer")
    p.add_argument("--verify", metavar="CMD", help="the check: 0 nothing lost, 1 something lost")
    for name, usual, what in (("--rounds", 5, "how many cuts"), ("--size-mib", 256, "of the sparse file system"),
                              ("--min-s", 0.3, "the earliest cut"), ("--max-s", 0.8, "the latest cut"),
                              ("--seed", random.SystemRandom().getrandbits(32), "repeats a run's moments")):
        p.add_argument(name, type=type(usual), default=usual, help=what)
    for name, what in (("--keep-going", "past the first loss"),
                       ("--after-notes", "the time of a round begins when {out} grows, and not with the program"),
                       ("--expect-loss", "the control: success is a loss"), ("--self-test", "prove the harness here")):
        p.add_argument(name, action="store_true", help=what)
    a = p.parse_args()
    if a.rounds < 1 or not 0 <= a.min_s <= a.max_s or not (a.self_test or a.run and a.verify):
        p.error("need --run and --verify, or --self-test; 1 <= --rounds; 0 <= --min-s <= --max-s")
    signal.signal(signal.SIGTERM, lambda number, _: sys.exit(128 + number))  # clean up as well
    return self_test(a) if a.self_test else session(a)


if __name__ == "__main__":
    sys.exit(main())
