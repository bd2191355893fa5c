import { describe, expect, it } from 'vitest';
import { crashAt, headlines } from '../../../client/replay/crash-report.ts';
import type { StateView } from '../../../engine/index.ts';
import { blocks, crashThatLoses, stateView, taskStep, traceOf } from './hand-made-trace.ts';

type Violation = StateView['crash']['violations'][number];

const [lost] = crashThatLoses(blocks(0, 1), { task: 0, operation: 1 }).violations;

/** The sentence for a loss like the one of the fsync, changed as given. */
function sentenceFor(changes: Partial<Violation>): string | undefined {
  const violations = lost ? [{ ...lost, ...changes }] : [];
  const trace = traceOf(taskStep(0, 1, 'return', stateView({ crash: { files: [], violations } })));
  return crashAt(trace, 1).losses[0];
}

describe('crashAt', () => {
  it.each<[string, Partial<Violation>]>([
    ['I 0..4K is lost, although app: operation 1 returned success. Exposed until transaction 8 commits.', {}],
    ['I 0..4K is lost. Exposed until transaction 8 commits.', { promisedBy: null }],
    ['I 0..4K is corrupt. Exposed until transaction 8 commits.', { kind: 'corrupt', promisedBy: null }],
    [
      'I comes back with size 4K, not 8K, although app: operation 1 returned success. Exposed until transaction 8 commits.',
      { sizeOnly: true, range: blocks(1, 2) },
    ],
    [
      'I comes back with size 8K, not 4K. Exposed until transaction 8 commits.',
      { kind: 'resurrected', sizeOnly: true, range: blocks(1, 2), promisedBy: null },
    ],
  ])('says %j', (sentence, changes) => {
    expect(sentenceFor(changes)).toBe(sentence);
  });

  it('lists what is found next to what was promised', () => {
    const crash = crashThatLoses(blocks(0, 1), { task: 0, operation: 0 });
    const trace = traceOf(taskStep(0, 0, 'return', stateView({ crash })));
    expect(crashAt(trace, 1).files).toEqual([
      {
        name: 'I',
        size: '32M',
        rows: [{ range: '0..4K', found: 'hole', promised: 'app: write', verdict: 'lost' }],
      },
    ]);
    expect(crashAt(trace, 0)).toEqual({ losses: [], files: [] });
  });
});

describe('headlines', () => {
  const kept = stateView();
  const losing = stateView({ crash: crashThatLoses(blocks(0, 1), { task: 0, operation: 0 }) });
  const content = (findings: string[], ...states: StateView[]) => ({
    title: 'made by hand',
    findings,
    trace: traceOf(...states.map((state) => taskStep(0, 0, 'step', state))),
  });

  it.each([
    ['what the server found', content(['I 0..4K is lost'], kept, losing), ['I 0..4K is lost']],
    ['nothing where nothing is lost', content([], kept, kept), []],
    ['a loss that a later step ends', content([], kept, losing, losing, kept), ['after step 2 to 3']],
    ['a loss at one step only', content([], losing, kept, losing), ['after step 1.']],
  ])('tell %s', (_, replayed, expected) => {
    expect(headlines(replayed)).toEqual(expected.map((text) => expect.stringContaining(text)));
  });
});
