"""A btrfs on a HeldDevice, tasks that call into it, and images of power failures."""
import ctypes
import fcntl
import os
import shutil
import struct
import subprocess
import tempfile
import threading
import time
from contextlib import contextmanager

from held_device import HeldDevice, attach_loop, check, copy_image, libc, mount, unmount

CLONE_NEWNS, MS_REC, MS_PRIVATE = 0x20000, 1 << 14, 1 << 18
MEMORY = '/dev/shm'  # for the images: here a power failure is a copy
SIZE = 512 << 20
BLOCK = 4096
OLD, NEW = b'A', b'B'
FILES = {'I': 4 * BLOCK, 'other': 4 * BLOCK, 'bystander': BLOCK, 'mapped': 256 * BLOCK, 'ballast': 48 << 20}
OPTIONS = 'commit=300,nodiscard'
FORGET_DEVICE, SET_LABEL, FIEMAP = 0x50009405, 0x41009432, 0xC020660B
PATIENCE = 30  # seconds until a step that must come is given up


class Broken(Exception):
    """The experiment did not run as intended; its trial says nothing."""


def private_mounts():
    """Mounts from here on are seen by this process and its children only, and go with them; so do files in MEMORY."""
    check(libc.unshare(CLONE_NEWNS), 'unshare')
    check(libc.mount(b'none', b'/', None, MS_REC | MS_PRIVATE, None), 'private mounts')
    mount('fsrace', MEMORY, 'tmpfs', 'mode=700')


def until(condition, what):
    """Waits until `condition()` is true; what it was then."""
    end = time.monotonic() + PATIENCE
    while time.monotonic() < end:
        result = condition()
        if result:
            return result
        time.sleep(0.002)
    raise Broken(f'gave up waiting for {what}')


def forget(path):
    """btrfs forgets the unmounted device, so that a copy with the same id can be mounted."""
    with open('/dev/btrfs-control', 'rb') as control:
        try:
            fcntl.ioctl(control, FORGET_DEVICE, bytearray(struct.pack('<q', 0) + path.encode().ljust(4088, b'\0')))
        except OSError:
            pass


class Bench:
    """A folder with the image that all trials start from. Call `private_mounts` before."""

    def __init__(self):
        self.folder = tempfile.mkdtemp(dir=MEMORY)
        self.live = os.path.join(self.folder, 'live')
        self.after = os.path.join(self.folder, 'after')
        os.mkdir(self.live)
        os.mkdir(self.after)
        self.image = self.new_image('template')
        try:
            self.make()
        except BaseException:
            self.close()
            raise

    def new_image(self, name):
        image = os.open(os.path.join(self.folder, name), os.O_RDWR | os.O_CREAT | os.O_TRUNC | os.O_CLOEXEC, 0o600)
        os.ftruncate(image, SIZE)
        return image

    @contextmanager
    def plain_mount(self, image, where):
        path, device = attach_loop(image)
        try:
            mount(path, where, 'btrfs', OPTIONS)
            try:
                yield
            finally:
                unmount(where)
        finally:
            os.close(device)
            forget(path)

    def make(self):
        """
        Files of old data, committed. The ballast gives the csum tree more than one leaf. Two more transactions
        follow, so that no inode belongs to the last one: inodes of that one would begin with the full-sync flag.
        """
        path, device = attach_loop(self.image)
        subprocess.run(['mkfs.btrfs', '-q', '-f', path], check=True, capture_output=True)
        os.close(device)
        forget(path)
        with self.plain_mount(self.image, self.live):
            for name, size in FILES.items():
                with open(os.path.join(self.live, name), 'wb') as file:
                    file.write(OLD * size)
            root = os.open(self.live, os.O_RDONLY | os.O_DIRECTORY)
            check(libc.syncfs(root), 'syncfs')
            time.sleep(0.3)  # the UUID tree is checked in the background of the first mount
            for _ in range(2):
                fcntl.ioctl(root, SET_LABEL, bytearray(256))
                check(libc.syncfs(root), 'syncfs')
            os.close(root)

    def close(self):
        os.close(self.image)
        shutil.rmtree(self.folder)

    @contextmanager
    def trial(self):
        """A fresh mount of the template on a HeldDevice."""
        image = self.new_image('image')
        copy_image(self.image, image)
        device = HeldDevice(image, self.folder, self.live)
        system = FileSystem(self, device)
        try:
            mount(device.path, self.live, 'btrfs', OPTIONS)
            try:
                yield system
            finally:
                device.release()
                system.finish()
                unmount(self.live)
        finally:
            device.close()
            forget(device.path)
            os.close(image)

    def content(self, copy, name):
        """What the file holds after a power failure that left this copy: a letter for each block, `?` if mixed."""
        image = os.open(os.path.join(self.folder, copy), os.O_RDWR | os.O_CLOEXEC)
        with self.plain_mount(image, self.after):
            with open(os.path.join(self.after, name), 'rb') as file:
                data = file.read()
        os.close(image)
        blocks = [data[start:start + BLOCK] for start in range(0, len(data), BLOCK)]
        return ''.join(chr(block[0]) if block == block[:1] * BLOCK else '?' for block in blocks)


class FileSystem:
    """The mounted file system of one trial."""

    def __init__(self, bench, device):
        self.bench, self.device = bench, device
        self.tasks, self.files = [], []

    def open(self, name):
        self.files.append(os.open(os.path.join(self.bench.live, name), os.O_RDWR | os.O_CLOEXEC))
        return self.files[-1]

    def start(self, name, call, copy=None):
        """Has a task of its own make a call. `copy` names a copy of the image at the moment of its return."""
        copy = copy and os.path.join(self.bench.folder, copy)
        self.tasks.append(Task(self.device, name, call, copy))
        return self.tasks[-1]

    def copy(self, name):
        """The image as it is now, without what is held, for `Bench.content`."""
        self.device.mark(f'copy {name}', os.path.join(self.bench.folder, name))

    def commit(self):
        root = os.open(self.bench.live, os.O_RDONLY | os.O_DIRECTORY)
        check(libc.syncfs(root), 'syncfs')
        os.close(root)

    def finish(self):
        for task in self.tasks:
            task.thread.join(PATIENCE)
        for file in self.files:
            os.close(file)
        self.files = []


def write_back(file):
    """Writes the dirty pages and waits until their ordered extents are complete (fiemap with FIEMAP_FLAG_SYNC)."""
    check(libc.sync_file_range(file, ctypes.c_int64(0), ctypes.c_int64(0), 7), 'sync_file_range')
    fcntl.ioctl(file, FIEMAP, bytearray(struct.pack('<QQIIII', 0, 2**63 - 1, 1, 0, 0, 0)))


class Task:
    """A thread that makes one call; the device's journal has a mark before and after it."""

    def __init__(self, device, name, call, copy):
        self.name, self.device, self.call, self.copy = name, device, call, copy
        self.error = self.id = None
        self.returned = False
        self.thread = threading.Thread(target=self.run, daemon=True)
        self.thread.start()

    def run(self):
        self.id = threading.get_native_id()
        self.device.mark(f'{self.name} called')
        try:
            self.call()
        except Exception as error:
            self.error = error
        self.device.mark(f'{self.name} returned', self.copy)
        self.returned = True

    def stack(self):
        """The kernel functions that the task is in, innermost first."""
        try:
            with open(f'/proc/self/task/{self.id}/stack') as stack:
                return [line.split()[-1].split('+')[0] for line in stack]
        except OSError:
            return []

    def sleeps_in(self, function):
        """Whether the task is in that kernel function, and still is a moment later."""
        if function not in self.stack():
            return False
        time.sleep(0.05)
        return not self.returned and function in self.stack()

    def outcome(self, functions):
        """`returned`, or the first of the kernel functions in which it was found to wait."""
        def look():
            if self.returned:
                if self.error:
                    raise Broken(f'{self.name}: {self.error}')
                return 'returned'
            return next((name for name in functions if self.sleeps_in(name)), None)
        return until(look, f'{self.name} to return or to wait; it is in {self.stack()}')
