// @ts-check
/**
 * Bundles everything that runs: `node esbuild.mjs` for debugging, with `--production` as it ships.
 * Writes dist/meta.json (esbuild's metafile over all bundles), from which bundle sizes are read.
 */
import { copyFileSync, existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';

/** @typedef {import('esbuild').BuildOptions} BuildOptions */

const root = dirname(fileURLToPath(import.meta.url));
const production = process.argv.includes('--production');

/** @type {BuildOptions} */
const shared = {
  absWorkingDir: root,
  bundle: true,
  target: 'node20',
  minify: production,
  // Named functions keep stack traces in bug reports readable.
  keepNames: production,
  sourcemap: production ? 'external' : 'linked',
  metafile: true,
  logLevel: 'warning',
};

/**
 * A CommonJS bundle. Sources are ES modules and find their neighbours in dist/ by `import.meta.url`, which
 * CommonJS lacks.
 * @type {BuildOptions}
 */
const commonJs = {
  ...shared,
  platform: 'node',
  format: 'cjs',
  define: { 'import.meta.url': 'bundleUrl' },
  banner: { js: "const bundleUrl = require('node:url').pathToFileURL(__filename).href;" },
};

/**
 * The command line is an ES module; the `require` lets its CommonJS dependencies load Node's own modules.
 * @type {BuildOptions}
 */
const commandLine = {
  ...shared,
  platform: 'node',
  format: 'esm',
  banner: {
    js: [
      '#!/usr/bin/env node',
      "import { createRequire as createBundleRequire } from 'node:module';",
      'const require = createBundleRequire(import.meta.url);',
    ].join('\n'),
  },
};

/** @type {BuildOptions} */
const webview = { ...shared, platform: 'browser', format: 'iife', target: 'es2022' };

/** @type {readonly { from: string, to: string, options: BuildOptions }[]} */
const bundles = [
  { from: 'client/extension.ts', to: 'dist/extension.cjs', options: { ...commonJs, external: ['vscode'] } },
  { from: 'server/main.ts', to: 'dist/server.cjs', options: commonJs },
  { from: 'server/check/worker.ts', to: 'dist/check-worker.cjs', options: commonJs },
  { from: 'server/cli/main.ts', to: 'dist/cli.js', options: commandLine },
  { from: 'client/replay/webview/main.ts', to: 'dist/replay.js', options: webview },
];

/** Files that stand beside a bundle as they are: `fsrace record` runs this one with python3. */
const companions = [{ from: 'server/record/kernel-calls.py', to: 'dist/kernel-calls.py' }];

/** Builds every bundle whose entry point exists; returns the entry points that do not. */
async function buildAll() {
  mkdirSync(join(root, 'dist'), { recursive: true });
  const present = bundles.filter(({ from }) => existsSync(join(root, from)));
  const results = await Promise.all(
    present.map(({ from, to, options }) => build({ ...options, entryPoints: [from], outfile: to })),
  );
  const metafiles = results.map((result) => result.metafile);
  const metafile = {
    inputs: Object.assign({}, ...metafiles.map((meta) => meta?.inputs)),
    outputs: Object.assign({}, ...metafiles.map((meta) => meta?.outputs)),
  };
  writeFileSync(join(root, 'dist/meta.json'), JSON.stringify(metafile));
  for (const { to } of present) {
    console.log(`${to}  ${Math.ceil((metafile.outputs[to]?.bytes ?? 0) / 1024)} KB`);
  }
  for (const { from, to } of companions) copyFileSync(join(root, from), join(root, to));
  return bundles.filter((bundle) => !present.includes(bundle)).map(({ from }) => from);
}

const missing = await buildAll();
for (const from of missing) console.error(`missing entry point: ${from}`);
if (missing.length > 0) process.exitCode = 1;
