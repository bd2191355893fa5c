"""The experiments: each case is one trial that can be repeated, and what it showed on the kernel of docs/findings.md."""
import ctypes
import errno
import mmap
import os
import threading
from dataclasses import dataclass
from typing import Callable

from file_system import BLOCK, NEW, Broken, libc, until, write_back
from held_device import check

LOG_WAITS = ('wait_log_commit',)


@dataclass
class Case:
    """`run` takes a Bench and gives what was seen: plain text. `expected` is None where it is a matter of chance."""
    experiment: str
    name: str
    run: Callable
    expected: str | None


@dataclass
class Logs:
    """How many log transactions other fsyncs complete: in an earlier transaction, before the write, and after it."""
    earlier: int = 0
    before: int = 0
    after: int = 0


def sync_log(system, times):
    """Completes log transactions by fsyncs of another file, of which only the mode is changed."""
    other = system.open('bystander')
    for turn in range(times):
        system.device.mark('log sync')
        os.fchmod(other, 0o640 + turn % 2)
        os.fsync(other)
        journal = system.device.journal()
        start = max(index for index, entry in enumerate(journal) if entry.get('mark') == 'log sync')
        if sum(entry.get('what') == 'super' and entry['log'] for entry in journal[start:]) != 1:
            raise Broken('the fsync of another file did not sync the log')


def begin(system, logs):
    """The log transactions before the write."""
    if logs.earlier:
        sync_log(system, logs.earlier)
        system.commit()
    sync_log(system, logs.before)


def age(bench, copy, name):
    """`old` or `new`: the first block of the file, which is what the fsyncs promise, after a power failure."""
    return {'A': 'old', 'B': 'new'}.get(bench.content(copy, name)[0], 'neither old nor new')


def requests_between(journal, first, last):
    """How many requests reached the device between two marks."""
    marks = [entry.get('mark') for entry in journal]
    return sum(mark is None for mark in marks[marks.index(first):marks.index(last)])


def second_fsync(system, first, file):
    """
    What a second fsync does while the super block of the first one is held. Leaves two copies of the image: of the
    moment when it returned, and of the end, when everything is released and both have returned.
    """
    device = system.device
    second = system.start('second fsync', lambda: os.fsync(file), 'at-return')
    outcome = second.outcome(LOG_WAITS)
    if first.returned:
        raise Broken('the first fsync returned although its super block is held')
    if outcome == 'returned':
        requests = requests_between(device.journal(), 'second fsync called', 'second fsync returned')
        outcome = f'returned after {requests} requests to the device' if requests else 'returned without a request'
    device.release()
    until(lambda: first.returned and second.returned, 'both fsyncs to return')
    system.copy('at-end')
    return outcome if outcome.startswith('returned') else f'waits in {outcome}, then returned'


def finish(bench, outcome, name):
    """The outcome of `second_fsync`, and what the file has in its two copies."""
    if age(bench, 'at-end', name) != 'new':
        return f'{outcome}; the data is missing even when all have returned'
    return f'{outcome}, {age(bench, "at-return", name)} data in the image'


def in_log(logs=Logs(), second='I', writes=False):
    """The data is written, and its ordered extent complete, before both fsyncs."""
    def run(bench):
        with bench.trial() as system:
            begin(system, logs)
            files = {name: system.open(name) for name in {'I', second}}
            for file in files.values():
                os.pwrite(file, NEW * BLOCK, 0)
                write_back(file)
            sync_log(system, logs.after)
            system.device.hold('super-write')
            first = system.start('first fsync', lambda: os.fsync(files['I']))
            until(lambda: system.device.is_held('super-write'), 'the super block with the log')
            if writes:
                os.pwrite(files['I'], NEW * BLOCK, 2 * BLOCK)
            outcome = second_fsync(system, first, files[second])
        return finish(bench, outcome, second)
    return run


def logged_ordered_extent(logs=Logs(), second='I', writes=False, completes=False):
    """The first fsync writes the data. Its ordered extent cannot complete while a leaf of the csum tree is not read."""
    def run(bench):
        with bench.trial() as system:
            device = system.device
            begin(system, logs)
            files = {name: system.open(name) for name in {'I', second}}
            for file in files.values():
                os.pwrite(file, NEW * BLOCK, 0)
            device.hold('super-write')
            device.hold('csum-leaf-read')
            first = system.start('first fsync', lambda: os.fsync(files['I']))
            until(lambda: device.is_held('super-write') and device.is_held('csum-leaf-read'), 'both holds')
            if completes:
                device.release('csum-leaf-read')
                write_back(files['I'])
            if writes:
                os.pwrite(files['I'], NEW * BLOCK, 2 * BLOCK)
            outcome = second_fsync(system, first, files[second])
        return finish(bench, outcome, second)
    return run


def one_fsync(written_back):
    def run(bench):
        with bench.trial() as system:
            file = system.open('I')
            os.pwrite(file, NEW * BLOCK, 0)
            if written_back:
                write_back(file)
            task = system.start('fsync', lambda: os.fsync(file), 'at-return')
            until(lambda: task.returned, 'the fsync to return')
        return f'returned, {age(bench, "at-return", "I")} data in the image'
    return run


def by_chance(logs=Logs(), written_back=False, in_memory=False, delay=0.002):
    """
    Nothing is held: two tasks fsync at once on a device that answers every request after `delay` seconds.
    `in_memory`: the metadata that the completion of the ordered extent needs has been read before.
    """
    def run(bench):
        with bench.trial() as system:
            file = system.open('I')
            if in_memory:
                os.pwrite(file, NEW * BLOCK, 2 * BLOCK)
                os.fsync(file)
                system.commit()
            begin(system, logs)
            os.pwrite(file, NEW * BLOCK, 0)
            if written_back:
                write_back(file)
            sync_log(system, logs.after)
            system.device.delay(delay)
            barrier = threading.Barrier(2)

            def call():
                barrier.wait()
                os.fsync(file)
            tasks = [system.start(f'fsync {copy}', call, copy) for copy in ('one', 'two')]
            until(lambda: all(task.returned for task in tasks), 'both fsyncs to return')
            system.device.delay(0)
            for task in tasks:
                task.outcome(())
        old = sum(age(bench, copy, 'I') == 'old' for copy in ('one', 'two'))
        return f'{old} of 2 fsyncs returned with old data in the image'
    return run


def mapped_store(by_fsync):
    """A store through a mapping while the write of another page of the file is held."""
    def run(bench):
        with bench.trial() as system:
            device = system.device
            file = system.open('mapped')
            mapping = mmap.mmap(file, 256 * BLOCK)
            place = ctypes.c_char.from_buffer(mapping, 200 * BLOCK)
            if place.value != b'A':  # this load maps the page for reading: the store then needs page_mkwrite only
                raise Broken('the mapping has something else')
            os.pwrite(file, NEW * BLOCK, 0)
            device.hold('data-write')
            device.hold('super-write')
            if by_fsync:
                writer = system.start('fsync', lambda: os.fsync(file))
            else:
                writer = system.start('writeback', lambda: libc.sync_file_range(
                    file, ctypes.c_int64(0), ctypes.c_int64(BLOCK), 7))
            until(lambda: device.is_held('data-write') and 'folio_wait_writeback' in writer.stack(), 'the held write')
            store = system.start('store', lambda: libc.memset(
                ctypes.c_void_p(ctypes.addressof(place)), ord('B'), ctypes.c_size_t(1)))
            outcome = store.outcome(('btrfs_page_mkwrite',))
            if outcome != 'returned':
                outcome = f'waits in {outcome}'
                # The functions of locks and of the scheduler are left out of a stack: what is innermost took a lock.
                if store.stack()[0] != 'btrfs_page_mkwrite':
                    outcome += f' below {store.stack()[0]}'
                device.release('data-write')
                until(lambda: device.is_held('super-write'), 'the super block with the log')
                until(lambda: store.returned, 'the store')
                if writer.returned:
                    raise Broken('the fsync returned although its super block is held')
                outcome += ', goes on before the super block is written'
            device.release()
            until(lambda: writer.returned and store.returned, 'all to return')
            del place
            mapping.close()
        return f'the store {outcome}'
    return run


def errors(kinds, *calls, written_back=False, logs=Logs()):
    """
    What calls return, one after the other, while writes of these kinds fail. `heal`: from then on none does; `settle`
    waits for the ordered extents.
    """
    def run(bench):
        with bench.trial() as system:
            file = system.open('I')
            root = os.open(bench.live, os.O_RDONLY | os.O_DIRECTORY)
            does = {
                'fsync': lambda: os.fsync(file),
                'syncfs': lambda: check(libc.syncfs(root), 'syncfs'),
                'write': lambda: os.pwrite(file, NEW * BLOCK, BLOCK),
                'truncate': lambda: os.ftruncate(file, BLOCK),
                'fallocate': lambda: os.posix_fallocate(file, 0, 8 * BLOCK),
            }
            begin(system, logs)
            plain = {'heal': system.device.fail, 'settle': lambda: write_back(file)}
            os.pwrite(file, NEW * BLOCK, 0)
            if written_back:
                write_back(file)
            system.device.fail(*kinds)
            seen = []
            for call in calls:
                if call in plain:
                    plain[call]()
                    continue
                try:
                    does[call]()
                    seen.append(f'{call} 0')
                except OSError as error:
                    seen.append(f'{call} -{errno.errorcode[error.errno]}')
            seen.append('read-only' if os.statvfs(bench.live).f_flag & os.ST_RDONLY else 'writable')
            os.close(root)
            system.device.fail()
            system.copy('at-end')
        return f'{", ".join(seen)}, {age(bench, "at-end", "I")} data'
    return run


RETURNED_OLD = 'returned without a request, old data in the image'
WAITS = 'waits in wait_log_commit, then returned, new data in the image'
IN_LOG, ORDERED, CHANCE, MAPPED = 'in-log', 'logged-ordered-extent', 'by-chance', 'mapped-store'
ERRORS, TREE_ERRORS = 'write-error', 'tree-write-error'

CASES = [
    Case(IN_LOG, 'no log since the mount', in_log(), RETURNED_OLD),
    Case(IN_LOG, 'one log sync before the write', in_log(Logs(before=1)), WAITS),
    Case(IN_LOG, 'one log sync before the write, one after it', in_log(Logs(before=1, after=1)), RETURNED_OLD),
    Case(IN_LOG, 'one log sync in an earlier transaction', in_log(Logs(earlier=1)), WAITS),
    Case(IN_LOG, 'one log sync in an earlier transaction, one after the write', in_log(Logs(earlier=1, after=1)), WAITS),
    Case(IN_LOG, 'one log sync in an earlier transaction, two after the write',
         in_log(Logs(earlier=1, after=2)), RETURNED_OLD),
    Case(IN_LOG, 'the second task has written another block', in_log(writes=True), WAITS),
    Case(IN_LOG, 'the second fsync is of another file', in_log(second='other'), WAITS),
    Case(IN_LOG, 'one fsync alone', one_fsync(True), 'returned, new data in the image'),
    Case(ORDERED, 'no log since the mount', logged_ordered_extent(), RETURNED_OLD),
    Case(ORDERED, 'one log sync before the write', logged_ordered_extent(Logs(before=1)), RETURNED_OLD),
    Case(ORDERED, 'one log sync in an earlier transaction', logged_ordered_extent(Logs(earlier=1)), RETURNED_OLD),
    Case(ORDERED, 'the ordered extent completes first, one log sync before the write',
         logged_ordered_extent(Logs(before=1), completes=True), WAITS),
    Case(ORDERED, 'the second task has written another block', logged_ordered_extent(writes=True), WAITS),
    Case(ORDERED, 'the second fsync is of another file', logged_ordered_extent(second='other'), WAITS),
    Case(ORDERED, 'one fsync alone', one_fsync(False), 'returned, new data in the image'),
    Case(CHANCE, 'written back, no log since the mount', by_chance(written_back=True), None),
    Case(CHANCE, 'written back, one log sync before the write', by_chance(Logs(before=1), written_back=True), None),
    Case(CHANCE, 'written back, one log sync before the write, one after it',
         by_chance(Logs(before=1, after=1), written_back=True), None),
    Case(CHANCE, 'dirty, one log sync before the write', by_chance(Logs(before=1)), None),
    Case(CHANCE, 'dirty, one log sync before the write, metadata in memory',
         by_chance(Logs(before=1), in_memory=True), None),
    Case(MAPPED, 'an fsync waits for the write of another page', mapped_store(True),
         'the store waits in btrfs_page_mkwrite, goes on before the super block is written'),
    Case(MAPPED, 'a writeback without fsync waits for it', mapped_store(False), 'the store returned'),
    Case(ERRORS, 'the data', errors(['data-write'], 'fsync', 'settle', 'fsync', 'heal', 'fsync', 'syncfs'),
         'fsync -EIO, fsync 0, fsync 0, syncfs -EIO, writable, old data'),
    Case(ERRORS, 'the log tree', errors(['log-write'], 'fsync', 'fsync'), 'fsync 0, fsync 0, writable, new data'),
    Case(ERRORS, 'the log tree, then a syncfs', errors(['log-write'], 'fsync', 'heal', 'syncfs', 'syncfs'),
         'fsync 0, syncfs -EIO, syncfs 0, writable, new data'),
    Case(ERRORS, 'the super block with the log, of data that was written back',
         errors(['super-write'], 'fsync', 'heal', 'fsync', 'syncfs', written_back=True),
         'fsync -EIO, fsync 0, syncfs 0, read-only, old data'),
    Case(ERRORS, 'the same, one log sync before the write',
         errors(['super-write'], 'fsync', 'heal', 'fsync', 'syncfs', written_back=True, logs=Logs(before=1)),
         'fsync -EIO, fsync -EROFS, syncfs 0, read-only, old data'),
    Case(ERRORS, 'the super block with the log, then changes',
         errors(['super-write'], 'fsync', 'heal', 'write', 'truncate', 'fallocate', written_back=True),
         'fsync -EIO, write -EROFS, truncate -EROFS, fallocate -EROFS, read-only, old data'),
    Case(ERRORS, 'the super block of a commit', errors(['super-write'], 'syncfs', 'heal', 'syncfs', 'fsync', 'fsync'),
         'syncfs -EIO, syncfs 0, fsync -EROFS, fsync -EROFS, read-only, old data'),
    Case(TREE_ERRORS, 'the trees of a commit', errors(['tree-write'], 'syncfs', 'heal', 'syncfs', 'fsync'), None),
]
