// @ts-check
/**
 * `npm run bench`: builds everything for production, bundles the benchmarks and runs them in a process of their
 * own, whose young generation is large enough that allocations show in the heap's size.
 */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const folder = mkdtempSync(join(tmpdir(), 'fsrace-bench-'));

try {
  const built = spawnSync(process.execPath, ['esbuild.mjs', '--production'], {
    cwd: root,
    stdio: ['ignore', 'ignore', 'inherit'],
  });
  if (built.status !== 0) process.exit(built.status ?? 1);
  const outfile = join(folder, 'main.cjs');
  await build({
    entryPoints: [join(root, 'bench/main.ts'), join(root, 'bench/verdict.ts')],
    outdir: folder,
    outExtension: { '.js': '.cjs' },
    bundle: true,
    platform: 'node',
    format: 'cjs',
  });
  const { status } = spawnSync(
    process.execPath,
    ['--max-semi-space-size=256', '--expose-gc', outfile, root, ...process.argv.slice(2)],
    {
      stdio: 'inherit',
    },
  );
  process.exitCode = status ?? 1;
} finally {
  rmSync(folder, { recursive: true, force: true });
}
