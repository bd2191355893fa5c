import { availableParallelism } from 'node:os';
import { InvalidArgumentError } from 'commander';
import { findGuard, guards } from '../../engine/index.ts';
import type { SearchLimits } from '../check/worker-protocol.ts';
import { unknownName } from './choose.ts';

/** Parsers for option values. They throw what commander reports with the name of the option. */

/** `NAME=on` or `NAME=off`, added to those given before. */
export function parseGuard(value: string, before: Readonly<Record<string, boolean>> = {}): Record<string, boolean> {
  const [, name, state] = /^(.+)=(on|off)$/.exec(value) ?? [];
  if (name === undefined) throw new InvalidArgumentError('Give a guard and its state, like NAME=on or NAME=off.');
  if (findGuard(name) === undefined) {
    const names = guards.map((guard) => guard.name);
    throw new InvalidArgumentError(`${unknownName('guard', name, names).message} (\`fsrace guards\` lists them)`);
  }
  return { ...before, [name]: state === 'on' };
}

/** What a bound is called, the limit that it sets, and what is worth how much of it. */
const bounds = [
  { name: 'states', limit: 'states', units: { '': 1 }, hint: 'a number of states, like states=100000' },
  { name: 'steps', limit: 'steps', units: { '': 1 }, hint: 'a number of steps, like steps=200' },
  {
    name: 'memory',
    limit: 'memory',
    units: { '': 1, K: 2 ** 10, M: 2 ** 20, G: 2 ** 30 },
    hint: 'an amount of memory in bytes, K, M or G, like memory=512M',
  },
  {
    name: 'time',
    limit: 'milliseconds',
    units: { ms: 1, s: 1000, m: 60_000 },
    hint: 'a time in ms, s or m, like time=30s',
  },
] as const;

/** `states=N`, `steps=N`, `memory=512M` or `time=30s`, added to those given before. */
export function parseBound(value: string, before: SearchLimits = {}): SearchLimits {
  const [, name, number, unit = ''] = /^(\w+)=(\d*)(\w*)$/.exec(value) ?? [];
  const bound = bounds.find((known) => known.name === name);
  if (bound === undefined) {
    throw new InvalidArgumentError('Give a limit, like states=100000, steps=200, memory=512M or time=30s.');
  }
  const scale = new Map(Object.entries(bound.units)).get(unit);
  const limit = Number(number) * (scale ?? Number.NaN);
  if (!Number.isSafeInteger(limit) || limit < 1) throw new InvalidArgumentError(`Give ${bound.hint}, at least 1.`);
  return { ...before, [bound.limit]: limit };
}

/** A mainline release, like `5.10` or `5.4.60`. */
export function parseKernel(value: string): string {
  if (!/^\d+\.\d+(\.\d+)?$/.test(value)) throw new InvalidArgumentError('Give a mainline release, like 5.8.');
  return value;
}

export function parseWorkers(value: string): number {
  const workers = /^\d+$/.test(value) ? Number(value) : 0;
  if (workers < 1 || workers > 256) throw new InvalidArgumentError('Give a number of workers from 1 to 256.');
  return workers;
}

/** As many workers as there are processors for them. */
export const defaultWorkers = availableParallelism();

/** One of `count` parts of the work; `index` counts from 0. */
export interface Shard {
  readonly index: number;
  readonly count: number;
}

/** `i/n`, with i from 1 to n. */
export function parseShard(value: string): Shard {
  const [, part, of] = /^(\d+)\/(\d+)$/.exec(value) ?? [];
  const shard = { index: Number(part) - 1, count: Number(of) };
  if (!(shard.index >= 0 && shard.index < shard.count)) {
    throw new InvalidArgumentError('Give a part and the number of parts, like 1/4.');
  }
  return shard;
}

/** True for what is at `position` in the list of all work. */
export function isInShard(position: number, shard: Shard | undefined): boolean {
  return shard === undefined || position % shard.count === shard.index;
}
