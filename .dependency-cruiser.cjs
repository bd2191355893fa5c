// @ts-check
/**
 * The import rules of the architecture: text flows from the language through the engine to the editor, and
 * nothing flows back. `npm run deps` checks them, type-only imports included.
 */

const vscodeApi = '^vscode$|^node_modules/@types/vscode/';
const npmPackage = '^node_modules/';
const shipped = '^(engine|server|client)/';

/** @type {import('dependency-cruiser').IConfiguration} */
module.exports = {
  forbidden: [
    {
      name: 'no-circular',
      comment: 'A cycle means two modules are one, or that the thing they share needs its own file.',
      severity: 'error',
      from: {},
      to: { circular: true },
    },
    {
      name: 'no-unresolvable',
      comment: 'An import that resolves to nothing cannot be judged by the other rules.',
      severity: 'error',
      from: {},
      to: { couldNotResolve: true, pathNot: vscodeApi },
    },
    {
      name: 'engine-stands-alone',
      comment: 'The engine imports nothing outside engine/: no Node, no packages, no editor.',
      severity: 'error',
      from: { path: '^engine/' },
      to: { pathNot: '^engine/' },
    },
    {
      name: 'language-knows-only-the-engine',
      comment: 'Parsing and lowering run anywhere the engine runs: no Node, no packages, no server.',
      severity: 'error',
      from: { path: '^server/language/' },
      to: { pathNot: '^(engine|server/language)/' },
    },
    {
      name: 'server-knows-no-editor',
      comment: 'The server serves any editor: it imports neither the VS Code API nor the client.',
      severity: 'error',
      from: { path: '^server/' },
      to: { path: `${vscodeApi}|^client/|^node_modules/vscode-languageclient/` },
    },
    {
      name: 'protocol-is-plain',
      comment: 'The client loads the protocol too, so it must not pull in server code: types only.',
      severity: 'error',
      from: { path: '^server/protocol' },
      to: { path: '^(engine|server|client)/', pathNot: '^server/protocol', dependencyTypesNot: ['type-only'] },
    },
    {
      name: 'client-knows-the-protocol',
      comment: 'Of the server the client knows the protocol and nothing else: they are two processes.',
      severity: 'error',
      from: { path: '^client/' },
      to: { path: '^server/', pathNot: '^server/protocol' },
    },
    {
      name: 'client-knows-engine-types',
      comment: 'The client shows what the engine found; it computes nothing itself.',
      severity: 'error',
      from: { path: '^client/' },
      to: { path: '^engine/', dependencyTypesNot: ['type-only'] },
    },
    {
      name: 'webview-has-no-node',
      comment: 'The replay view runs in a browser frame.',
      severity: 'error',
      from: { path: '^client/replay/webview/' },
      to: { dependencyTypes: ['core'] },
    },
    {
      name: 'webview-has-no-editor',
      comment: 'The replay view reaches VS Code by messages, never by its API, not even through another file.',
      severity: 'error',
      from: { path: '^client/replay/webview/' },
      to: { path: vscodeApi, reachable: true },
    },
    {
      name: 'nothing-imports-tests',
      comment: 'Code must not depend on its tests, nor on the benchmarks.',
      severity: 'error',
      from: { pathNot: '^(test|bench)/' },
      to: { path: '^(test|bench)/' },
    },
    {
      name: 'shipped-code-needs-shipped-packages',
      comment: 'What a bundle imports is a dependency, not a devDependency. The VS Code API comes from the editor.',
      severity: 'error',
      from: { path: shipped },
      to: { dependencyTypes: ['npm-dev', 'npm-no-pkg', 'npm-unknown'], pathNot: vscodeApi },
    },
  ],
  options: {
    doNotFollow: { path: npmPackage },
    exclude: { path: '^(dist|test/fixtures|\\.vscode-e2e|\\.vscode-test)/' },
    tsPreCompilationDeps: true,
    combinedDependencies: false,
    detectJSDocImports: true,
    enhancedResolveOptions: {
      exportsFields: ['exports'],
      conditionNames: ['import', 'require', 'node', 'default', 'types'],
      mainFields: ['module', 'main', 'types', 'typings'],
    },
  },
};
