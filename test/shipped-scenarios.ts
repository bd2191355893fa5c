import { readdirSync, readFileSync } from 'node:fs';
import { readScenarioFile } from '../server/language/index.ts';

const folder = new URL('../scenarios/', import.meta.url);

/** Every file of scenarios/, read and lowered; `file` is its path below the folder. */
export const shippedFiles = readdirSync(folder, { recursive: true, encoding: 'utf8' })
  .filter((file) => file.endsWith('.fsrace'))
  .sort()
  .map((file) => ({ file, ...readScenarioFile(readFileSync(new URL(file, folder), 'utf8')) }));

/** Every scenario of them that has no mistakes. */
export const shippedScenarios = shippedFiles.flatMap(({ file, scenarios }) =>
  scenarios.flatMap(({ scenario, name, documentation }) =>
    scenario === undefined ? [] : [{ file, name, scenario, documentation }],
  ),
);
