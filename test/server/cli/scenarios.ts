/** Small scenarios for tests, by what the checker finds. */

/** A scenario in the text of a file. */
export function scenario(name: string, ...members: readonly string[]): string {
  return [`scenario "${name}" {`, ...members.map((member) => `  ${member}`), '}', ''].join('\n');
}

const race = ['file I size 32M', 'task app    { write I 0..4K  fsync I }', 'task kswapd { releasepage I 0..4K }'];

export const unsafe = scenario('a race', 'kernel 5.8', ...race);
export const expectedLoss = scenario('an expected race', 'kernel 5.8', ...race, 'expect lost I 0..4K');
export const unmetExpectation = scenario('no race', 'kernel 5.9', ...race, 'expect lost I 0..4K');
export const safe = scenario(
  'one after the other',
  'kernel 5.8',
  'file I size 32M',
  'task app { write I 0..4K  fsync I }',
);
export const syntaxError = scenario('a mistake', 'kernel 5.8', 'file I sise 32M');
export const infeasible = scenario(
  'an impossible interleaving',
  'kernel 5.8',
  'file I size 32M',
  'task app { write I 0..4K  fsync I }',
  'interleaving "upside down" { app: fsync }',
);
export const deadlock = scenario(
  'an order that a full writeback cannot keep',
  'kernel 5.8',
  'file I size 32M',
  'task app { write I 0..4K  fsync I }',
  'task flusher { writeback I 0..4K }',
  'order app.fsync before flusher.writeback@finish_ordered_io',
);
/** Safe, and some 300,000 states. */
export const large = scenario(
  'two writers, a flusher, reclaim and a commit',
  'kernel 5.8',
  'guard releasepage.modified-list on',
  'guard in-log.first-log-transaction on',
  'file I size 32M',
  'task app { write I 0..4K  fsync I }',
  'task other { write I 4K..8K  fsync I }',
  'task flusher { writeback I 0..4K }',
  'task kswapd { releasepage I 0..4K }',
  'task committer { commit }',
);
