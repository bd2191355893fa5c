import { readFileSync } from 'node:fs';
import { check } from '../engine/index.ts';
import { readScenarioFile } from '../server/language/index.ts';

/** A process that reads one file with one scenario and prints its verdict as JSON, for `bench/peers.ts` to measure. */
const { scenario } = readScenarioFile(readFileSync(process.argv[2]!, 'utf8')).scenarios[0]!;
const { verdict, states, transitions } = check(scenario!);
const memory = process.resourceUsage().maxRSS / 1024;
console.log(JSON.stringify({ verdict, states, transitions, memory }));
