"""A block device whose requests are written down in order, and can be held.

A loop device over a file that this program serves itself by FUSE. A request that is held is not applied and not
answered until it is released: for the file system above, that is a slow disk. A write that is to fail is not applied
and answered with an error: a disk that does not write. What is neither is applied to the image at once, so an image copied at some moment is the most that a power failure at that moment can leave behind:
every write that the device has been handed is in it, flushed or not, whole and in order, except what is held.

The server is a process of its own, with one thread. When its client is killed it lets everything go, unmounts, and
ends: threads of the client that wait for a held request could not even die before.
"""
import ctypes
import errno
import fcntl
import os
import select
import signal
import stat
import struct
import threading
import time
from multiprocessing import Pipe

libc = ctypes.CDLL(None, use_errno=True)
libc.mount.argtypes = [ctypes.c_char_p] * 3 + [ctypes.c_ulong, ctypes.c_char_p]
libc.umount2.argtypes = [ctypes.c_char_p, ctypes.c_int]
MNT_DETACH, PR_SET_PDEATHSIG = 2, 1

SUPER = 64 << 10
TREES = {1: 'root', 2: 'extent', 3: 'chunk', 4: 'device', 5: 'subvolume', 7: 'csum', 9: 'uuid', 10: 'free-space'}
TREES[2**64 - 6] = 'log'  # of a subvolume, and the log root tree
TREES[2**64 - 9] = 'data relocation'


def check(result, what):
    """The result of a C library call; raises OSError with errno when it is negative."""
    if result < 0:
        code = ctypes.get_errno()
        raise OSError(code, f'{what}: {os.strerror(code)}')
    return result


def mount(source, target, kind, options):
    check(libc.mount(source.encode(), target.encode(), kind.encode(), 0, options.encode()), f'mount {kind}')


def unmount(target):
    """Unmounts, and waits a little for a last user to go."""
    for _ in range(200):
        if libc.umount2(target.encode(), 0) == 0:
            return
        if ctypes.get_errno() != errno.EBUSY:
            break
        time.sleep(0.02)
    check(-1, f'umount {target}')


def copy_image(source, target):
    """Copies an image from one file descriptor to another, without its holes."""
    size = os.fstat(source).st_size
    os.ftruncate(target, 0)
    os.ftruncate(target, size)
    end = 0
    while end < size:
        try:
            start = os.lseek(source, end, os.SEEK_DATA)
        except OSError as error:
            if error.errno == errno.ENXIO:
                return
            raise
        end = os.lseek(source, start, os.SEEK_HOLE)
        while start < end:
            start += os.pwrite(target, os.pread(source, min(1 << 20, end - start), start), start)


# ---------------------------------------------------------------- what a request is about

def kind_of(offset, data, fsid):
    """What the bytes of a request are: a super block or its copy, blocks of a tree, or data with its first byte."""
    if data[64:72] == b'_BHRfS_M':
        generation, log_root = struct.unpack_from('<Q16xQ', data, 72)
        return {'what': 'super' if offset == SUPER else 'super copy', 'generation': generation, 'log': log_root != 0}
    if len(data) >= 101 and data[32:48] == fsid:
        owner, _, level = struct.unpack_from('<QIB', data, 88)
        return {'what': 'tree', 'tree': TREES.get(owner, str(owner)), 'level': level}
    return {'what': 'data', 'first': data[0] if data else None}


HOLDS = {
    'super-write': lambda op, kind: op == 'write' and kind['what'] == 'super',
    'log-write': lambda op, kind: op == 'write' and kind.get('tree') == 'log',
    'tree-write': lambda op, kind: op == 'write' and kind['what'] == 'tree',
    'data-write': lambda op, kind: op == 'write' and kind['what'] == 'data',
    'csum-leaf-read': lambda op, kind: op == 'read' and kind.get('tree') == 'csum' and kind['level'] == 0,
}


# ---------------------------------------------------------------- the server

OPCODES = {'getattr': 3, 'setattr': 4, 'open': 14, 'read': 15, 'write': 16, 'statfs': 17, 'release': 18, 'fsync': 20,
           'flush': 25, 'init': 26, 'destroy': 38}
UNANSWERED = {2, 36, 42}  # FORGET, INTERRUPT, BATCH_FORGET
MAX_WRITE = 1 << 20
ASYNC_READ, BIG_WRITES, ASYNC_DIO, MAX_PAGES = 1 << 0, 1 << 5, 1 << 15, 1 << 22
DIRECT_IO, PARALLEL_DIRECT_WRITES = 1 << 0, 1 << 6


class Server:
    """Serves one regular file, the image, as the root of a FUSE file system."""

    def __init__(self, fuse, image, connection, mounts):
        self.fuse, self.image, self.connection, self.mounts = fuse, image, connection, mounts
        os.set_blocking(fuse, False)
        self.fsid = os.pread(image, 16, SUPER + 32)
        self.holds = set()
        self.failing = set()
        self.held = []
        self.delay = 0
        self.delayed = []  # answers, and when they are due
        self.journal = []

    def run(self):
        # A thread that cannot die keeps the connection open, so that only a signal tells of the client's death.
        died, wakeup = os.pipe()
        os.set_blocking(wakeup, False)
        signal.set_wakeup_fd(wakeup)
        signal.signal(signal.SIGTERM, lambda *_: None)
        signal.signal(signal.SIGINT, signal.SIG_IGN)
        check(libc.prctl(PR_SET_PDEATHSIG, signal.SIGTERM, 0, 0, 0), 'prctl')
        client = self.connection.fileno()
        while True:
            alive = client is not None
            patience = None if alive else 20
            if self.delayed:
                patience = max(0, self.delayed[0][0] - time.monotonic())
            ready = select.select([self.fuse] + ([died, client] if alive else []), [], [], patience)[0]
            while self.delayed and self.delayed[0][0] <= time.monotonic():
                self.send(self.delayed.pop(0)[1])
            if not ready and not alive and not self.delayed:
                return
            try:
                if client in ready:
                    self.connection.send(self.command(*self.connection.recv()))
            except (EOFError, OSError):
                ready.append(died)
            if died in ready:
                client = None
                self.abandon()
            try:
                self.serve()
            except OSError as error:
                if error.errno == errno.ENODEV:  # unmounted
                    return
                raise

    def serve(self):
        """Takes every request that is there."""
        while True:
            try:
                packet = os.read(self.fuse, MAX_WRITE + 8192)
            except BlockingIOError:
                return
            except OSError as error:
                if error.errno in (errno.EINTR, errno.ENOENT):  # the request was given up
                    continue
                raise
            self.request(packet)

    def abandon(self):
        """The client is gone: lets everything go and has another process unmount what this one serves."""
        self.command('release', None)
        if os.fork() == 0:
            os.close(self.fuse)
            for target in self.mounts:
                libc.umount2(target.encode(), MNT_DETACH)
            os._exit(0)

    def command(self, name, argument):
        if name == 'hold':
            self.holds.add(argument)
        elif name == 'fail':
            self.failing = set(argument)
        elif name == 'release':
            self.holds -= {argument} if argument else set(HOLDS)
            going = [item for item in self.held if item[0] not in self.holds]
            self.held = [item for item in self.held if item[0] in self.holds]
            for _, op, unique, offset, data in going:
                self.finish(op, unique, offset, data, 'released')
        elif name == 'held':
            return [hold for hold, *_ in self.held]
        elif name == 'delay':
            self.delay = argument
        elif name == 'mark':
            self.serve()
            text, copy = argument
            self.journal.append({'mark': text})
            if copy:
                target = os.open(copy, os.O_RDWR | os.O_CREAT | os.O_TRUNC, 0o600)
                copy_image(self.image, target)
                os.close(target)
        elif name == 'journal':
            return self.journal
        return None

    def reply(self, unique, data=b'', error=0):
        answer = struct.pack('<IiQ', 16 + len(data), -error, unique) + data
        if self.delay:
            self.delayed.append((time.monotonic() + self.delay, answer))
        else:
            self.send(answer)

    def send(self, answer):
        try:
            os.write(self.fuse, answer)
        except OSError as problem:
            if problem.errno != errno.ENOENT:  # the request was given up
                raise

    def attributes(self):
        size = os.fstat(self.image).st_size
        times = struct.pack('<3Q3I', 0, 0, 0, 0, 0, 0)
        modes = struct.pack('<7I', stat.S_IFREG | 0o600, 1, 0, 0, 0, 4096, 0)
        return struct.pack('<QII', 3600, 0, 0) + struct.pack('<3Q', 1, size, size // 512) + times + modes

    def request(self, packet):
        _, opcode, unique = struct.unpack_from('<IIQ', packet)
        body = packet[40:]
        if opcode == OPCODES['init']:
            flags = struct.unpack_from('<I', body, 12)[0] & (ASYNC_READ | BIG_WRITES | ASYNC_DIO | MAX_PAGES)
            limits = struct.pack('<IIIIHHIIHHIIH22x', 7, 36, 0, flags, 64, 48, MAX_WRITE, 1, 256, 0, 0, 0, 0)
            self.reply(unique, limits)
        elif opcode in (OPCODES['getattr'], OPCODES['setattr']):
            self.reply(unique, self.attributes())
        elif opcode == OPCODES['open']:
            self.reply(unique, struct.pack('<QIi', 1, DIRECT_IO | PARALLEL_DIRECT_WRITES, 0))
        elif opcode == OPCODES['read']:
            offset, size = struct.unpack_from('<QI', body, 8)
            self.arrive('read', unique, offset, os.pread(self.image, size, offset))
        elif opcode == OPCODES['write']:
            offset, size = struct.unpack_from('<QI', body, 8)
            self.arrive('write', unique, offset, body[40:40 + size])
        elif opcode == OPCODES['fsync']:
            self.journal.append({'op': 'flush'})
            self.reply(unique)
        elif opcode in (OPCODES['release'], OPCODES['flush'], OPCODES['destroy']):
            self.reply(unique)
        elif opcode == OPCODES['statfs']:
            self.reply(unique, struct.pack('<5Q4I24x', 0, 0, 0, 0, 0, 4096, 255, 4096, 0))
        elif opcode not in UNANSWERED:
            self.reply(unique, error=errno.ENOSYS)

    def arrive(self, op, unique, offset, data):
        kind = kind_of(offset, data, self.fsid)
        hold = next((name for name in self.holds if HOLDS[name](op, kind)), None)
        entry = {'op': op, 'offset': offset, 'length': len(data), **kind}
        if any(HOLDS[name](op, kind) for name in self.failing):
            self.journal.append({**entry, 'state': 'failed'})
            self.reply(unique, error=errno.EIO)
        elif hold is None:
            self.finish(op, unique, offset, data, 'done', entry)
        else:
            self.journal.append({**entry, 'state': 'held'})
            self.held.append((hold, op, unique, offset, data))

    def finish(self, op, unique, offset, data, state, entry=None):
        entry = entry or {'op': op, 'offset': offset, 'length': len(data), **kind_of(offset, data, self.fsid)}
        self.journal.append({**entry, 'state': state})
        if op == 'write':
            os.pwrite(self.image, data, offset)
            self.reply(unique, struct.pack('<II', len(data), 0))
        else:
            self.reply(unique, data)


# ---------------------------------------------------------------- the client

LOOP_CONTROL_GET_FREE, LOOP_CONFIGURE = 0x4C82, 0x4C0A
READ_ONLY, AUTOCLEAR, DIRECT = 1, 4, 16


def attach_loop(backing, flags=0):
    """A loop device over an open file: its path and a descriptor. It goes with its last user."""
    for _ in range(50):
        with open('/dev/loop-control', 'rb') as control:
            path = f'/dev/loop{fcntl.ioctl(control, LOOP_CONTROL_GET_FREE)}'
        device = os.open(path, os.O_RDWR | os.O_CLOEXEC)
        info = bytearray(232)
        struct.pack_into('<I', info, 52, AUTOCLEAR | flags)
        try:
            fcntl.ioctl(device, LOOP_CONFIGURE, struct.pack('<II', backing, 0) + bytes(info) + bytes(64))
            return path, device
        except OSError as error:
            os.close(device)
            if error.errno != errno.EBUSY:
                raise
            time.sleep(0.02)
    raise OSError(errno.EBUSY, 'no free loop device')


class HeldDevice:
    """A loop device over `image`, an open file. Mount it at `mountpoint`; `folder` is for a file of its own."""

    def __init__(self, image, folder, mountpoint):
        self.file = os.path.join(folder, 'served')
        open(self.file, 'wb').close()
        fuse = os.open('/dev/fuse', os.O_RDWR | os.O_CLOEXEC)
        mount('fsrace', self.file, 'fuse', f'fd={fuse},rootmode=100600,user_id=0,group_id=0')
        self.connection, theirs = Pipe()
        self.lock = threading.Lock()
        self.server = os.fork()
        if self.server == 0:
            try:
                self.connection.close()
                Server(fuse, image, theirs, [mountpoint, self.file]).run()
            finally:
                os._exit(0)
        os.close(fuse)
        theirs.close()
        backing = os.open(self.file, os.O_RDWR | os.O_DIRECT | os.O_CLOEXEC)
        self.path, self.descriptor = attach_loop(backing, DIRECT)
        os.close(backing)

    def ask(self, name, argument=None):
        with self.lock:
            self.connection.send((name, argument))
            return self.connection.recv()

    def hold(self, name):
        """Holds every request of that kind (see HOLDS) that arrives from now on."""
        self.ask('hold', name)

    def release(self, name=None):
        """Lets go what is held of that kind, or of every kind, and holds no more of it."""
        self.ask('release', name)

    def fail(self, *names):
        """From now on every request of these kinds (see HOLDS) fails with EIO, and no other."""
        self.ask('fail', names)

    def is_held(self, name):
        return name in self.ask('held')

    def delay(self, seconds):
        """From now on every request is answered that much later; a write is in the image when it arrives."""
        self.ask('delay', seconds)

    def mark(self, text, copy=None):
        """A line in the journal. With `copy`, a path, also the image at that moment, without what is held."""
        self.ask('mark', (text, copy))

    def journal(self):
        return self.ask('journal')

    def close(self):
        os.close(self.descriptor)
        unmount(self.file)
        self.connection.close()
        os.waitpid(self.server, 0)
