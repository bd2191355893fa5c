import { describe, expect, it } from 'vitest';
import { describeStatus } from '../../client/status-text.ts';
import type { StatusParams } from '../../server/protocol.ts';

const version = 3;

function status(numbers: Partial<StatusParams>): StatusParams {
  const none = {
    checking: 0,
    safe: 0,
    unsafe: 0,
    unknown: 0,
    error: 0,
    unmet: 0,
    problems: 0,
    milliseconds: 0,
    states: 0,
  };
  return { uri: 'file:///seed.fsrace', version, ...none, ...numbers };
}

describe('describeStatus', () => {
  it.each<[string, Partial<StatusParams>]>([
    ['$(circle-slash) no scenario', {}],
    ['$(pass) 1 scenario: proved safe', { safe: 1 }],
    ['$(pass) 3 scenarios: all proved safe', { safe: 3 }],
    ['$(error) 1 scenario: unsafe', { unsafe: 1, unmet: 1 }],
    ['$(error) 3 scenarios: 1 unsafe, 2 proved safe', { unsafe: 1, unmet: 1, safe: 2 }],
    ['$(pass) 2 scenarios: 1 unsafe as expected, 1 proved safe', { unsafe: 1, safe: 1 }],
    ['$(warning) 2 scenarios: 1 bounded, 1 proved safe', { unknown: 1, safe: 1 }],
    ['$(error) 2 scenarios: 1 not checked, 1 proved safe', { error: 1, safe: 1, problems: 1 }],
    ['$(error) 1 scenario: proved safe', { safe: 1, problems: 2 }],
  ])('says %j', (text, numbers) => {
    expect(describeStatus('running', status(numbers), version).text).toBe(text);
  });

  const busy: [string, Parameters<typeof describeStatus>][] = [
    ['a newer version is in the editor', ['running', status({ safe: 3 }), version + 1]],
    ['an older version is in the editor', ['running', status({ safe: 3 }), version - 1]],
    ['some scenarios are not judged yet', ['running', status({ safe: 2, checking: 1 }), version]],
    ['the server has said nothing yet', ['running', undefined, version]],
    ['the server is starting', ['starting', status({ safe: 3 }), version]],
  ];
  it.each(busy)('claims nothing while %s', (_, args) => {
    const { text, tooltip } = describeStatus(...args);
    expect(text).toContain('checking');
    expect(`${text} ${tooltip}`).not.toMatch(/safe|proved/);
  });

  it('says that a stopped server checks nothing, whatever it said before', () => {
    const { text, broken } = describeStatus('stopped', status({ safe: 3 }), version);
    expect(text).toBe('$(error) fsrace: stopped');
    expect(broken).toBe(true);
  });

  it('tells in the tooltip what the numbers rest on', () => {
    const { tooltip } = describeStatus(
      'running',
      status({ unknown: 1, states: 2_000_000, milliseconds: 812.4 }),
      version,
    );
    expect(tooltip).toMatch(/nothing is proved/);
    expect(tooltip).toMatch(/2,000,000 states in 812 ms/);
  });
});
