import type { Workload } from './workload.ts';

const lists = ['mkfs', 'files', 'ops'] as const;
const texts = ['id', 'family', 'mount'] as const;

/** Parses workloads, or recordings to be made again: JSON lines. Throws a SyntaxError that names the line. */
export function parseWorkloads(text: string): Workload[] {
  return text.split('\n').flatMap((line, i) => {
    if (line.trim() === '') return [];
    try {
      const value: unknown = JSON.parse(line);
      if (isWorkload(value)) return [value];
    } catch {
      // Reported below, with the line.
    }
    throw new SyntaxError(`line ${i + 1} is not a workload`);
  });
}

function isWorkload(value: unknown): value is Workload {
  if (typeof value !== 'object' || value === null) return false;
  const fields = new Map<string, unknown>(Object.entries(value));
  return (
    texts.every((name) => typeof fields.get(name) === 'string') &&
    lists.every((name) => Array.isArray(fields.get(name))) &&
    (fields.get('start') === 'cold' || fields.get('start') === 'warm')
  );
}
