#!/usr/bin/env python3
"""Runs the experiments of docs/findings.md on this machine's btrfs, and counts what happens.

Needs root, loop devices, FUSE, btrfs and mkfs.btrfs, and 200 MB of memory. All mounts and files are private to
it and go when it ends, however it ends.

Exit codes: 0 as in docs/findings.md, 1 something differs, 2 wrong use, 77 this machine lacks something (says what).
"""
import argparse
import json
import os
import platform
import shutil
import subprocess
import sys
from collections import Counter

LACKS_SOMETHING = 77


def lacks():
    """What this machine lacks to run the experiments; None when nothing."""
    if sys.platform != 'linux':
        return 'no Linux'
    if os.geteuid() != 0:
        return 'needs root'
    if not shutil.which('mkfs.btrfs'):
        return 'no mkfs.btrfs'
    with open('/proc/filesystems') as kinds:
        known = {line.split()[-1] for line in kinds}
    for kind in ('btrfs', 'fuse'):
        if kind not in known:
            return f'no {kind} in the kernel'
    for device in ('/dev/fuse', '/dev/loop-control', '/dev/btrfs-control', '/dev/shm'):
        if not os.path.exists(device):
            return f'no {device}'
    if not os.access('/proc/self/stack', os.R_OK):
        return 'no /proc/self/stack'
    return None


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument('experiments', nargs='*', metavar='EXPERIMENT', help='which ones; default: all')
    parser.add_argument('--trials', type=int, default=20, metavar='N', help='trials of each case (default: %(default)s)')
    parser.add_argument('--json', action='store_true', help='one JSON object a case')
    parser.add_argument('--list', action='store_true', help='only print the cases, if this machine can run them')
    options = parser.parse_args()

    reason = lacks()
    if reason:
        print(f'not run: {reason}', file=sys.stderr)
        return LACKS_SOMETHING

    from file_system import Bench, Broken, private_mounts
    from trials import CASES  # after the questions above: these modules need Linux
    names = list(dict.fromkeys(case.experiment for case in CASES))
    unknown = set(options.experiments) - set(names)
    if unknown:
        parser.error(f'no experiment {", ".join(sorted(unknown))}; there are {", ".join(names)}')

    cases = [case for case in CASES if not options.experiments or case.experiment in options.experiments]
    if options.list:
        for case in cases:
            print(f'{case.experiment}: {case.name}')
        return 0

    progs = subprocess.run(['mkfs.btrfs', '--version'], capture_output=True, text=True).stdout.split()[-1]
    if not options.json:
        print(f'kernel {platform.release()}, {platform.machine()}, {os.cpu_count()} processors, btrfs-progs {progs}')
    try:
        private_mounts()
        bench = Bench()
    except OSError as error:
        print(f'not run: {error}', file=sys.stderr)
        return LACKS_SOMETHING
    differs = False
    try:
        experiment = None
        for case in cases:
            seen = Counter()
            for _ in range(options.trials):
                try:
                    seen[case.run(bench)] += 1
                except Broken as broken:
                    seen[f'broken: {broken}'] += 1
            as_expected = case.expected is None or set(seen) == {case.expected}
            differs |= not as_expected
            if options.json:
                print(json.dumps({'experiment': case.experiment, 'case': case.name, 'expected': case.expected,
                                  'seen': seen, 'asExpected': as_expected}), flush=True)
                continue
            if case.experiment != experiment:
                experiment = case.experiment
                print(f'\n{experiment}')
            print(f'  {case.name}')
            for what, count in seen.most_common():
                print(f'    {count:4} of {options.trials}  {what}', flush=True)
            if not as_expected:
                print(f'          docs/findings.md has: {case.expected}')
    finally:
        bench.close()
    return 1 if differs else 0


if __name__ == '__main__':
    sys.exit(main())
