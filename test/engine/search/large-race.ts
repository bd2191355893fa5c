import type { ScenarioText } from '../scenario-builder.ts';

/** Two writers, a flusher, reclaim and a commit: some 380,000 states, and some 310,000 with the guards of `largeSafeRace`. */
export const largeRace: ScenarioText = {
  kernel: '5.8',
  files: ['I 32M'],
  tasks: {
    app: ['write I 0..4K', 'fsync I'],
    other: ['write I 4K..8K', 'fsync I'],
    flusher: ['writeback I 0..4K'],
    kswapd: ['releasepage I 0..4K'],
    committer: ['commit'],
  },
};

/** The same with the guards that make it safe. */
export const largeSafeRace: ScenarioText = {
  ...largeRace,
  guards: { 'releasepage.modified-list': true, 'in-log.first-log-transaction': true },
};
