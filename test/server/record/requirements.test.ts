import { describe, expect, test } from 'vitest';
import { type MachineFacts, requireItemsReader, whyNotHere } from '../../../server/record/requirements.ts';

const complete: MachineFacts = {
  platform: 'linux',
  user: 0,
  hasProgram: () => true,
  fileSystems: 'nodev\ttmpfs\n\text4\n\tbtrfs\nnodev\tpstore\n',
  hasLoopDevices: true,
};

const lacks = (program: string) => ({ hasProgram: (name: string) => name !== program });

describe('a machine that can record', () => {
  test('is not refused', () => {
    expect(whyNotHere(complete)).toBeUndefined();
    expect(() => requireItemsReader(complete)).not.toThrow();
  });
});

describe('a machine is refused', () => {
  test.each<[why: string, facts: Partial<MachineFacts>, message: string]>([
    ['that is no Linux', { platform: 'darwin' }, 'recording needs a running btrfs: do it on Linux'],
    ['without root', { user: 1000 }, 'recording mounts file systems: run it as root, for example with sudo'],
    ['without python3', lacks('python3'), 'recording needs python3: install it (apt install python3)'],
    ['without mkfs.btrfs', lacks('mkfs.btrfs'), 'recording needs mkfs.btrfs: install it (apt install btrfs-progs)'],
    [
      'without btrfs in the kernel',
      { fileSystems: '\text4\nnodev\tnotbtrfs\n' },
      'this kernel has no btrfs: load it with `modprobe btrfs`, or boot a kernel that has it',
    ],
    ['without loop devices', { hasLoopDevices: false }, 'there are no loop devices: load them with `modprobe loop`'],
  ])('%s', (_, facts, message) => {
    expect(whyNotHere({ ...complete, ...facts })).toBe(message);
  });

  test('without btrfs, when log items are asked for', () => {
    expect(() => requireItemsReader({ ...complete, ...lacks('btrfs') })).toThrow(
      'the items of log trees need btrfs: install it (apt install btrfs-progs)',
    );
  });
});
