// @ts-check
/**
 * Installs a real VS Code that needs no desktop: the server and web workbench inside the npm package code-server,
 * without code-server's own front end and without everything that a language extension never touches.
 * Nothing is compiled and no install script runs.
 *
 *   node test/editor/install-vscode.mjs
 */
import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import process from 'node:process';
import { fileURLToPath } from 'node:url';
import { keepBuiltinExtensions } from './builtin-extensions.mjs';
import { projectRoot } from './project.mjs';
import { writeStandIns } from './stand-ins.mjs';

/** Bump the last part when what this file installs changes, so that an older cache is not taken for a good one. */
const release = { package: 'code-server', version: '4.100.3', layout: 1 };
const tarballIntegrity =
  'sha512-q/Fh2DOxCRNhC/WiG/6sAhSKnj7ZACTVBaeeZ+rWjol//0FCbl/qg1ln5ecZ99jYcfqMxZZAyWcN+YBIo0DgpA==';
const oldestNode = 20;

/** Built-in extensions that stay: the colour themes that screenshots are taken in, and the file icons. */
const builtinExtensions = ['theme-defaults', 'theme-seti'];

/** What the server, the extension host, the file watcher and the workbench load; versions come from the package's lock. */
const runtimeModules = [
  '@parcel/watcher',
  '@vscode/iconv-lite-umd',
  '@vscode/proxy-agent',
  'cookie',
  'http-proxy-agent',
  'https-proxy-agent',
  'jschardet',
  'minimist',
  'tas-client-umd',
  'vscode-oniguruma',
  'vscode-regexpp',
  'vscode-textmate',
  'yauzl',
  'yazl',
];

/** Earlier releases of this one download their binary in an install script; this one carries it in a platform package. */
const ripgrep = { '@vscode/ripgrep': '1.18.0' };

/** An expected obstacle (no network, wrong Node), told in one line that says what to do. */
export class InstallError extends Error {}

/**
 * Makes sure that VS Code is installed in the cache folder; a second call only looks.
 * @param {(line: string) => void} [onProgress] called once, before a download starts
 * @returns {string} the absolute folder that holds `out/server-main.js`
 * @throws {InstallError} when it cannot be installed here
 */
export function installVSCode(onProgress = () => {}) {
  const { FSRACE_VSCODE_DIR: cache = path.join(projectRoot, '.vscode-test') } = process.env;
  const folder = path.resolve(cache, `${release.package}-${release.version}-${release.layout}`);
  if (existsSync(folder)) return folder;

  const node = process.versions.node;
  if (Number.parseInt(node, 10) < oldestNode) {
    throw new InstallError(`VS Code needs Node ${oldestNode} or newer and this is Node ${node}: install a newer Node`);
  }
  onProgress(`installing VS Code into ${folder} (about 40 MB, once)`);
  mkdirSync(cache, { recursive: true });
  const unfinished = mkdtempSync(path.join(cache, 'unfinished-'));
  try {
    unpackServer(unfinished);
    installRuntimeModules(unfinished);
    writeStandIns(path.join(unfinished, 'node_modules'));
    keepBuiltinExtensions(unfinished);
    renameSync(unfinished, folder);
  } catch (error) {
    // Somebody else may have finished the same installation in the meantime.
    if (!existsSync(folder)) throw error;
  } finally {
    rmSync(unfinished, { recursive: true, force: true });
  }
  return folder;
}

/** @param {string} folder an empty folder that gets VS Code's part of the package */
function unpackServer(folder) {
  const packed = npm(folder, ['pack', `${release.package}@${release.version}`]);
  const tarball = path.join(folder, packed.trim().split('\n').at(-1) ?? '');
  const integrity = `sha512-${createHash('sha512').update(readFileSync(tarball)).digest('base64')}`;
  if (integrity !== tarballIntegrity) {
    throw new InstallError(
      `npm delivered a ${release.package} ${release.version} that is not the published one: clear npm's cache`,
    );
  }
  const tree = 'package/lib/vscode';
  const wanted = [
    'out',
    'resources',
    'package.json',
    'product.json',
    'npm-shrinkwrap.json',
    ...builtinExtensions.map((name) => `extensions/${name}`),
  ];
  const members = wanted.map((name) => `${tree}/${name}`);
  execFileSync('tar', ['xzf', tarball, '--strip-components=3', '--exclude=*.map', ...members], { cwd: folder });
  rmSync(tarball);
}

/** @param {string} folder the unpacked server */
function installRuntimeModules(folder) {
  const manifestFile = path.join(folder, 'package.json');
  const lockFile = path.join(folder, 'npm-shrinkwrap.json');
  const { version } = JSON.parse(readFileSync(manifestFile, 'utf8'));
  const { packages } = JSON.parse(readFileSync(lockFile, 'utf8'));
  const dependencies = Object.fromEntries(
    runtimeModules.map((name) => [name, packages[`node_modules/${name}`].version]),
  );
  rmSync(lockFile);
  // The server reads `version` and `type` from here at run time.
  const manifest = {
    name: 'vscode',
    version,
    private: true,
    type: 'module',
    dependencies: { ...dependencies, ...ripgrep },
  };
  writeFileSync(manifestFile, JSON.stringify(manifest, null, 2));
  npm(folder, ['install', '--omit=dev', '--ignore-scripts', '--legacy-peer-deps', '--no-audit', '--no-fund']);
}

/**
 * @param {string} folder where npm runs
 * @param {string[]} args
 * @returns {string} its standard output
 */
function npm(folder, args) {
  try {
    return execFileSync('npm', [...args, '--loglevel=error', '--fetch-retries=1'], {
      cwd: folder,
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'pipe'],
    });
  } catch (error) {
    const said = error instanceof Error && 'stderr' in error ? String(error.stderr) : String(error);
    const code = /\b(E[A-Z]{4,}|E\d{3})\b/.exec(said)?.[1] ?? 'no reason given';
    throw new InstallError(
      `npm ${args[0]} could not get VS Code (${code}): check the network, or name a folder that has it in FSRACE_VSCODE_DIR`,
    );
  }
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  try {
    process.stdout.write(`${installVSCode((line) => process.stderr.write(`${line}\n`))}\n`);
  } catch (error) {
    if (!(error instanceof InstallError)) throw error;
    process.stderr.write(`${error.message}\n`);
    process.exitCode = 1;
  }
}
