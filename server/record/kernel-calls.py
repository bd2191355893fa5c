"""System calls that Node does not have, for `fsrace record`: kernel-calls.py FOLDER PARENT-PID

Reads requests from standard input, one JSON object a line with the name of a `call`, and answers each with a
line: {"value": ...}, {"errno": n, "error": text} when the kernel refused, or {"error": text}. Standard library only.

It lives in a mount namespace of its own, dies with its parent, and its loop devices let go of their files with
their last user: however it ends, mounts and devices go. At most one file system is mounted at a time.
"""
import ctypes
import errno
import fcntl
import itertools
import json
import mmap
import os
import signal
import stat
import struct
import sys
import time

BLOCK = 4096

CLONE_NEWNS = 0x20000
MS_NOSUID, MS_NODEV, MS_REC, MS_SLAVE = 0x2, 0x4, 0x4000, 0x80000
PR_SET_PDEATHSIG = 1
SYNC_FILE_RANGE_WAIT_BEFORE, SYNC_FILE_RANGE_WRITE, SYNC_FILE_RANGE_WAIT_AFTER = 1, 2, 4
FALLOC_FL_KEEP_SIZE, FALLOC_FL_PUNCH_HOLE, FALLOC_FL_ZERO_RANGE = 1, 2, 16
PROT_READ, PROT_WRITE, MAP_SHARED, MS_SYNC, MADV_RANDOM = 1, 2, 1, 4, 1
FIEMAP_EXTENT_LAST, FIEMAP_EXTENT_DELALLOC, FIEMAP_EXTENT_ENCODED = 0x1, 0x4, 0x8
FIEMAP_EXTENT_DATA_INLINE, FIEMAP_EXTENT_UNWRITTEN = 0x200, 0x800
FS_IOC_FIEMAP = 0xC020660B
FS_IOC_GETFLAGS, FS_IOC_SETFLAGS, FS_NOCOW_FL = 0x80086601, 0x40086602, 0x00800000
FICLONERANGE = 0x4020940D
LOOP_SET_FD, LOOP_SET_STATUS64, LOOP_CONFIGURE, LOOP_CTL_GET_FREE = 0x4C00, 0x4C04, 0x4C0A, 0x4C82
LO_FLAGS_AUTOCLEAR = 4
BTRFS_IOC_FORGET_DEV = 0x50009405
BTRFS_IOC_SET_FSLABEL = 0x41009432
BTRFS_IOC_START_SYNC, BTRFS_IOC_WAIT_SYNC = 0x80089418, 0x40089416
BTRFS_IOC_FS_INFO = 0x8400941F

libc = ctypes.CDLL(None, use_errno=True)
offset = ctypes.c_int64
libc.sync_file_range.argtypes = [ctypes.c_int, offset, offset, ctypes.c_uint]
libc.fallocate.argtypes = [ctypes.c_int, ctypes.c_int, offset, offset]
libc.mount.argtypes = [ctypes.c_char_p, ctypes.c_char_p, ctypes.c_char_p, ctypes.c_ulong, ctypes.c_char_p]
libc.umount2.argtypes = [ctypes.c_char_p, ctypes.c_int]
libc.mmap.restype = ctypes.c_void_p
libc.mmap.argtypes = [ctypes.c_void_p, ctypes.c_size_t, ctypes.c_int, ctypes.c_int, ctypes.c_int, offset]
libc.munmap.argtypes = [ctypes.c_void_p, ctypes.c_size_t]
libc.msync.argtypes = [ctypes.c_void_p, ctypes.c_size_t, ctypes.c_int]
libc.madvise.argtypes = [ctypes.c_void_p, ctypes.c_size_t, ctypes.c_int]
libc.prctl.argtypes = [ctypes.c_int, ctypes.c_ulong, ctypes.c_ulong, ctypes.c_ulong, ctypes.c_ulong]


def check(result):
    """Raises the error of a C function that returned -1."""
    if result == -1:
        number = ctypes.get_errno()
        raise OSError(number, os.strerror(number))
    return result


# ---- images and mounts


def attach(image):
    """A loop device over a file: its open descriptor and its name. It goes with its last user."""
    while True:
        control = os.open('/dev/loop-control', os.O_RDWR)
        try:
            name = 'loop%d' % fcntl.ioctl(control, LOOP_CTL_GET_FREE)
        finally:
            os.close(control)
        device = open_when_there('/dev/' + name)
        backing = os.open(image, os.O_RDWR)
        try:
            configure(device, backing, image)
            return device, name
        except OSError as error:
            os.close(device)
            if error.errno != errno.EBUSY:  # another process was faster
                raise
        finally:
            os.close(backing)


def configure(device, backing, image):
    """Attaches a file so that the device lets go of it with its last user; in one call since Linux 5.8."""
    info = bytearray(232)  # struct loop_info64: lo_flags at byte 52, lo_file_name from byte 56 on
    struct.pack_into('=I', info, 52, LO_FLAGS_AUTOCLEAR)
    info[56:119] = image.encode()[:63].ljust(63, b'\0')
    try:
        fcntl.ioctl(device, LOOP_CONFIGURE, bytearray(struct.pack('=II', backing, 0) + info + bytes(64)))
    except OSError as error:
        if error.errno not in (errno.EINVAL, errno.ENOTTY):
            raise
        fcntl.ioctl(device, LOOP_SET_FD, backing)
        fcntl.ioctl(device, LOOP_SET_STATUS64, info)


def open_when_there(path):
    """Opens a device that has only just been made."""
    for _ in range(100):
        try:
            return os.open(path, os.O_RDWR)
        except FileNotFoundError:
            time.sleep(0.01)
    return os.open(path, os.O_RDWR)


def forget(device):
    """Has btrfs forget a device that is not mounted: the next image has the same file system id."""
    control = os.open('/dev/btrfs-control', os.O_RDWR)
    try:
        path = ('/dev/' + device).encode()
        fcntl.ioctl(control, BTRFS_IOC_FORGET_DEV, bytearray(struct.pack('=q', 0) + path.ljust(4088, b'\0')))
    except OSError:
        pass  # not known, or a kernel that does not remember devices
    finally:
        os.close(control)


def copy_sparse(source, target):
    """Copies a file; its holes stay holes."""
    with open(source, 'rb') as original, open(target, 'wb') as copy:
        size = os.fstat(original.fileno()).st_size
        copy.truncate(size)
        for start, end in data_ranges(original.fileno(), size):
            copy.seek(start)
            while start < end:
                start += os.sendfile(copy.fileno(), original.fileno(), start, end - start)


def data_ranges(descriptor, size):
    """Where a file is not a hole."""
    position = 0
    while position < size:
        try:
            start = os.lseek(descriptor, position, os.SEEK_DATA)
        except OSError as error:
            if error.errno == errno.ENXIO:
                return
            raise
        position = min(os.lseek(descriptor, start, os.SEEK_HOLE), size)
        if start < position:
            yield start, position


# ---- what is in a file system


def state_of(root):
    """Everything below a folder, by path."""
    found = {}
    for folder, folders, files in os.walk(root):
        for name in folders + files:
            path = os.path.join(folder, name)
            status = os.lstat(path)
            is_folder = stat.S_ISDIR(status.st_mode)
            found[os.path.relpath(path, root)] = (
                {'dir': True, 'ino': status.st_ino} if is_folder else file_state(path, status)
            )
    return found


def file_state(path, status):
    descriptor = os.open(path, os.O_RDONLY | os.O_NOATIME)
    try:
        return {
            'ino': status.st_ino,
            'nlink': status.st_nlink,
            'size': status.st_size,
            'data': content(descriptor, status.st_size),
            'ext': extents(descriptor),
        }
    finally:
        os.close(descriptor)


def content(descriptor, size):
    """[first block, number of blocks, byte] of all that is not zero; see docs/recording.md."""
    runs = []
    for start, end in data_ranges(descriptor, size):
        for block in range(start // BLOCK, -(-end // BLOCK)):
            try:
                tag = tag_of(os.pread(descriptor, min(BLOCK, size - block * BLOCK), block * BLOCK))
            except OSError as error:
                tag = -error.errno
            append_run(runs, block, 1, tag)
    return [run for run in runs if run[2] != 0]


def tag_of(data):
    """The byte that a block is full of, or else [offset, length, byte] of each stretch."""
    if data.count(data[0]) == len(data):
        return data[0]
    stretches, position = [], 0
    for byte, equal in itertools.groupby(data):
        length = sum(1 for _ in equal)
        stretches.append([position, length, byte])
        position += length
    return stretches


def append_run(runs, start, count, kind):
    """Adds blocks to a list of runs, to the last run if they go on with it."""
    if runs and runs[-1][2] == kind and runs[-1][0] + runs[-1][1] == start and not isinstance(kind, list):
        runs[-1][1] += count
    else:
        runs.append([start, count, kind])


def extents(descriptor):
    """[first block, number of blocks, kind] as FS_IOC_FIEMAP tells it."""
    runs, position, room = [], 0, 64
    while True:
        request = bytearray(32 + 56 * room)
        struct.pack_into('=QQIII', request, 0, position, (1 << 63) - 1 - position, 0, 0, room)
        fcntl.ioctl(descriptor, FS_IOC_FIEMAP, request)
        (mapped,) = struct.unpack_from('=I', request, 20)
        if mapped == 0:
            return runs
        for i in range(mapped):
            logical, _, length, _, _, flags = struct.unpack_from('=QQQQQI', request, 32 + 56 * i)
            position = logical + length
            first = logical // BLOCK
            append_run(runs, first, -(-position // BLOCK) - first, extent_kind(flags))
        if flags & FIEMAP_EXTENT_LAST:
            return runs


def extent_kind(flags):
    if flags & FIEMAP_EXTENT_UNWRITTEN:
        return 'p'
    if flags & FIEMAP_EXTENT_DATA_INLINE:
        return 'i'
    if flags & FIEMAP_EXTENT_ENCODED:
        return 'c'
    return 'l' if flags & FIEMAP_EXTENT_DELALLOC else 'd'


# ---- did an inode leave memory?


class EvictionTrace:
    """Watches btrfs_inode_evict of one file system in a trace instance of its own."""

    def __init__(self, folder, root):
        information = bytearray(1024)
        fcntl.ioctl(root, BTRFS_IOC_FS_INFO, information)
        digits = information[16:32].hex()
        self.fsid = '-'.join((digits[:8], digits[8:12], digits[12:16], digits[16:20], digits[20:]))
        self.instance = None
        tracing = os.path.join(folder, 'tracing')
        if not os.path.isdir(tracing):
            os.mkdir(tracing)
            check(libc.mount(b'none', tracing.encode(), b'tracefs', 0, None))
        self.instance = os.path.join(tracing, 'instances', os.path.basename(folder))
        os.mkdir(self.instance)
        try:
            self.write('events/btrfs/btrfs_inode_evict/enable', '1')
            self.write('tracing_on', '1')
        except OSError:
            self.close()
            raise

    def write(self, name, value):
        with open(os.path.join(self.instance, name), 'w') as file:
            file.write(value)

    def saw(self, inode):
        with open(os.path.join(self.instance, 'trace')) as trace:
            return any(self.fsid in line and ' ino=%d ' % inode in line and 'root=5(' in line for line in trace)

    def close(self):
        self.write('events/enable', '0')
        os.rmdir(self.instance)


def drop_caches(what):
    with open('/proc/sys/vm/drop_caches', 'w') as file:
        file.write(str(what))


def open_without_readahead(path, how):
    """Readahead would have ordered extents written that are far from what is read, in order to wait for them."""
    descriptor = os.open(path, how, 0o644)
    os.posix_fadvise(descriptor, 0, 0, os.POSIX_FADV_RANDOM)
    return descriptor


def set_nodatacow(descriptor, on):
    """chattr +C or -C."""
    flags = bytearray(8)
    fcntl.ioctl(descriptor, FS_IOC_GETFLAGS, flags)
    (others,) = struct.unpack_from('=i', flags)
    struct.pack_into('=i', flags, 0, others | FS_NOCOW_FL if on else others & ~FS_NOCOW_FL)
    fcntl.ioctl(descriptor, FS_IOC_SETFLAGS, flags)


# ---- requests


class Machine:
    """One mounted file system, and its open files: one buffered and one direct descriptor for each inode."""

    def __init__(self, folder):
        self.folder = folder
        self.at = os.path.join(folder, 'mounted')
        os.makedirs(self.at, exist_ok=True)
        self.device = None
        self.root = -1
        self.buffered = {}
        self.direct = {}
        try:
            self.log = os.open('/dev/kmsg', os.O_RDONLY | os.O_NONBLOCK)
            os.lseek(self.log, 0, os.SEEK_END)
        except OSError:
            self.log = None

    def call_mount(self, image, options):
        """Name of the loop device; the answer has `errno` when the kernel does not mount the image."""
        holder, device = attach(image)
        try:
            for attempt in range(5):
                flags = MS_NODEV | MS_NOSUID
                if libc.mount(('/dev/' + device).encode(), self.at.encode(), b'btrfs', flags, options.encode()) == 0:
                    break
                number = ctypes.get_errno()
                if number != errno.EBUSY or attempt == 4:
                    raise OSError(number, os.strerror(number))
                time.sleep(0.05)
        finally:
            os.close(holder)
        self.device = device
        self.root = os.open(self.at, os.O_RDONLY | os.O_DIRECTORY)
        return device

    def call_unmount(self):
        for descriptor in (*self.buffered.values(), *self.direct.values(), self.root):
            os.close(descriptor)
        self.buffered.clear()
        self.direct.clear()
        for attempt in range(100):
            if libc.umount2(self.at.encode(), 0) == 0:
                break
            number = ctypes.get_errno()
            if number != errno.EBUSY or attempt == 99:
                raise OSError(number, os.strerror(number))
            time.sleep(0.02)
        forget(self.device)
        self.device = None

    def call_copy(self, source, target):
        copy_sparse(source, target)

    def call_state(self):
        return state_of(self.at)

    def call_messages(self):
        """What the kernel logged since the last time."""
        messages = []
        while self.log is not None:
            try:
                messages.append(os.read(self.log, 8192).decode('utf-8', 'replace').split(';', 1)[-1].split('\n')[0])
            except BlockingIOError:
                break
            except OSError as error:
                if error.errno != errno.EPIPE:  # the oldest ones were overwritten
                    raise
        return messages

    def call_empty_commit(self):
        """Commits a transaction that changes no tree item."""
        fcntl.ioctl(self.root, BTRFS_IOC_SET_FSLABEL, bytearray(256))

    def call_operation(self, op, **operands):
        """Runs one operation of a recording; a dictionary with what its outcome tells besides the crash."""
        run = getattr(self, 'do_' + op, None)
        if run is None:
            raise ValueError('no operation is called %s' % op)
        return run(**operands) or {}

    # -- operations, with the names and operands that recordings have

    def do_write(self, file, off, len, tag):
        self.whole(os.pwrite(self.descriptor(file), bytes([tag]) * len, off), len)

    def do_dwrite(self, file, off, len, tag):
        with mmap.mmap(-1, len) as aligned:
            aligned.write(bytes([tag]) * len)
            self.whole(os.pwritev(self.descriptor(file, direct=True), [aligned], off), len)

    def do_mwrite(self, file, off, len, tag):
        inside = min(off + len, os.fstat(self.descriptor(file)).st_size) - off
        if inside > 0:  # a store behind the end is a SIGBUS
            self.map(file, off, inside, lambda address: ctypes.memset(address, tag, inside))

    def do_read(self, file, off, len):
        os.pread(self.descriptor(file), len, off)

    def do_writeback(self, file, off=0, len=0):
        how = SYNC_FILE_RANGE_WAIT_BEFORE | SYNC_FILE_RANGE_WRITE | SYNC_FILE_RANGE_WAIT_AFTER
        check(libc.sync_file_range(self.descriptor(file), off, len, how))

    def do_release(self, file, off=0, len=0):
        os.posix_fadvise(self.descriptor(file), off, len, os.POSIX_FADV_DONTNEED)

    def do_drop_caches(self):
        drop_caches(1)

    def do_fsync(self, file):
        os.fsync(self.descriptor(file))

    def do_fdatasync(self, file):
        os.fdatasync(self.descriptor(file))

    def do_rfsync(self, file, off, len):
        self.map(file, off, len, lambda address: check(libc.msync(address, len, MS_SYNC)))

    def do_sync(self):
        check(libc.syncfs(self.root))

    def do_commit(self):
        """What the periodic commit does: data is not flushed first."""
        transaction = bytearray(8)
        fcntl.ioctl(self.root, BTRFS_IOC_START_SYNC, transaction)
        fcntl.ioctl(self.root, BTRFS_IOC_WAIT_SYNC, transaction)

    def do_truncate(self, file, size):
        os.ftruncate(self.descriptor(file), size)

    def do_punch(self, file, off, len):
        check(libc.fallocate(self.descriptor(file), FALLOC_FL_PUNCH_HOLE | FALLOC_FL_KEEP_SIZE, off, len))

    def do_falloc(self, file, off, len, keep_size=False):
        check(libc.fallocate(self.descriptor(file), FALLOC_FL_KEEP_SIZE if keep_size else 0, off, len))

    def do_zero_range(self, file, off, len, keep_size=False):
        mode = FALLOC_FL_ZERO_RANGE | (FALLOC_FL_KEEP_SIZE if keep_size else 0)
        check(libc.fallocate(self.descriptor(file), mode, off, len))

    def do_clone(self, file, to, off=0, len=0, to_off=0):
        fcntl.ioctl(self.descriptor(to), FICLONERANGE, struct.pack('=qQQQ', self.descriptor(file), off, len, to_off))

    # -- how files begin

    def do_create_nodatacow(self, file):
        """By inheritance: chattr +C of the file itself would have the next fsync copy all of it."""
        folder = self.descriptor(os.path.dirname(file) or '.')
        set_nodatacow(folder, True)
        self.do_create(file)
        set_nodatacow(folder, False)

    def do_open(self, file):
        self.descriptor(file)

    def do_reopen(self, file):
        self.close(os.stat(self.path(file)).st_ino)
        self.descriptor(file)

    def do_evict(self, file):
        """An inode with pages is not on the list that is shrunk: its clean pages go first; dirty ones keep it."""
        descriptor = self.descriptor(file)
        inode = os.fstat(descriptor).st_ino
        os.posix_fadvise(descriptor, 0, 0, os.POSIX_FADV_DONTNEED)
        self.close(inode)
        try:
            trace = EvictionTrace(self.folder, self.root)
        except OSError:
            trace = None  # a kernel without tracefs
        try:
            for _ in range(3):
                drop_caches(2)
            return {'evicted': trace and trace.saw(inode)}
        finally:
            if trace:
                trace.close()

    def do_create(self, file):
        descriptor = open_without_readahead(self.path(file), os.O_RDWR | os.O_CREAT | os.O_EXCL)
        self.buffered[os.fstat(descriptor).st_ino] = descriptor

    def do_mkdir(self, file):
        os.mkdir(self.path(file))

    def do_rmdir(self, file):
        self.close(os.stat(self.path(file)).st_ino)
        os.rmdir(self.path(file))

    def do_link(self, file, to):
        os.link(self.path(file), self.path(to))

    def do_unlink(self, file, keep_open=False):
        status = os.stat(self.path(file))
        os.unlink(self.path(file))
        self.gone(status, keep_open)

    def do_rename(self, file, to, keep_open=False):
        try:
            status = os.stat(self.path(to))
        except FileNotFoundError:
            status = None
        os.rename(self.path(file), self.path(to))
        if status:
            self.gone(status, keep_open)

    # -- what they share

    def path(self, file):
        return os.path.normpath(os.path.join(self.at, file))

    def descriptor(self, file, direct=False):
        path = self.path(file)
        status = os.stat(path)
        opened = self.direct if direct else self.buffered
        if status.st_ino not in opened:
            # Reads and mappings shall not update the atime: no operation of the language does.
            if stat.S_ISDIR(status.st_mode):
                opened[status.st_ino] = os.open(path, os.O_RDONLY | os.O_DIRECTORY | os.O_NOATIME)
            else:
                how = os.O_RDWR | os.O_NOATIME | (os.O_DIRECT if direct else 0)
                opened[status.st_ino] = open_without_readahead(path, how)
        return opened[status.st_ino]

    def close(self, inode):
        for opened in (self.buffered, self.direct):
            if inode in opened:
                os.close(opened.pop(inode))

    def gone(self, status, keep_open):
        """Closes a file that has lost its last name."""
        if status.st_nlink == 1 and not keep_open:
            self.close(status.st_ino)

    def map(self, file, off, len, use):
        start = off - off % BLOCK
        size = off + len - start
        address = libc.mmap(None, size, PROT_READ | PROT_WRITE, MAP_SHARED, self.descriptor(file), start)
        if address in (None, ctypes.c_void_p(-1).value):
            check(-1)
        try:
            check(libc.madvise(address, size, MADV_RANDOM))
            use(address + off - start)
        finally:
            libc.munmap(address, size)

    def whole(self, written, wanted):
        if written != wanted:
            raise OSError(errno.EIO, 'short write')


def answer(machine, request):
    try:
        return {'value': getattr(machine, 'call_' + request.pop('call'))(**request)}
    except OSError as error:
        return {'errno': error.errno, 'error': error.strerror}
    except Exception as error:  # a mistake in the request: said, never a hang of who waits for the answer
        return {'error': '%s: %s' % (type(error).__name__, error)}


def main():
    folder, parent = sys.argv[1], int(sys.argv[2])
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # the parent has it, too, and ends this process
    libc.prctl(PR_SET_PDEATHSIG, signal.SIGKILL, 0, 0, 0)
    if os.getppid() != parent:
        return
    try:
        if libc.unshare(CLONE_NEWNS) == -1 or libc.mount(b'none', b'/', None, MS_REC | MS_SLAVE, None) == -1:
            check(-1)
        machine = Machine(folder)
    except OSError as error:
        print(json.dumps({'errno': error.errno, 'error': error.strerror}), flush=True)
        return
    print(json.dumps({'value': os.getpid()}), flush=True)
    for line in sys.stdin:
        print(json.dumps(answer(machine, json.loads(line))), flush=True)


main()
