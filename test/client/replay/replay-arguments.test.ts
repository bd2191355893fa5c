import { describe, expect, it } from 'vitest';
import { restoredReplay, traceParamsOf } from '../../../client/replay/replay-arguments.ts';

const uri = 'file:///seed.fsrace';

describe('traceParamsOf', () => {
  it.each([
    { uri, scenario: 0 },
    { uri, scenario: 2, schedule: 1, version: 7 },
  ])('takes %j as it is', (params) => {
    expect(traceParamsOf(params)).toEqual(params);
  });

  it.each([undefined, null, 'text', 7, {}, { uri }, { scenario: 0 }, { uri, scenario: -1 }, { uri, scenario: '0' }])(
    'refuses %j',
    (value) => {
      expect(traceParamsOf(value)).toBeUndefined();
    },
  );

  it('leaves out what it does not know', () => {
    expect(traceParamsOf({ uri, scenario: 0, schedule: 'first', more: 1 })).toEqual({ uri, scenario: 0 });
  });
});

describe('restoredReplay', () => {
  it('gives back what a view has kept', () => {
    const state = { request: { uri, scenario: 0, schedule: 1 }, position: 12 };
    expect(restoredReplay(JSON.parse(JSON.stringify(state)))).toEqual({ params: state.request, position: 12 });
  });

  it.each([undefined, {}, { position: 1 }, { request: { uri, scenario: 0 } }, { request: {}, position: 1 }])(
    'refuses %j',
    (state) => {
      expect(restoredReplay(state)).toBeUndefined();
    },
  );
});
