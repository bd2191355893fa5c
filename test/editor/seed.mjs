// @ts-check

/** The scenario that both suites work on, and the words that its race is told in. */
export const seed = {
  file: 'page-release-vs-fast-fsync.fsrace',
  scenario: 'page release races with a fast fsync',
  tasks: ['app', 'flusher', 'kswapd'],
  message: /fsync returns success, yet I 0\.\.4K is lost if power fails before transaction 8 commits/,
  /** The operation whose promise is broken. */
  blamed: 'fsync I',
  guardFix: 'Turn on the modified-list guard in releasepage (proved: all ',
  guardLine: 'guard releasepage.modified-list on',
  kernelFix: 'Use kernel 5.9',
  kernelFunction: /try_release_extent_mapping/,
};

/**
 * @param {string} text
 * @param {string} part
 * @returns {{ line: number, column: number }} where the part begins first, both from 1
 */
export function placeOf(text, part) {
  const before = text.slice(0, text.indexOf(part)).split('\n');
  return { line: before.length, column: (before.at(-1) ?? '').length + 1 };
}
