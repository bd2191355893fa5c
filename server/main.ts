/** Entry point of the language server under Node: talks over Node IPC, or over standard input and output with `--stdio`. */
import { createConnection, ProposedFeatures } from 'vscode-languageserver/node';
import { serveLanguage } from './language-server.ts';
import { nodeEnvironment } from './node-environment.ts';

serveLanguage(createConnection(ProposedFeatures.all), nodeEnvironment());
