/** Entry point of the language server: talks over Node IPC, or over standard input and output with `--stdio`. */
import { createConnection, ProposedFeatures } from 'vscode-languageserver/node';
import { serveUnderNode } from './node-server.ts';

serveUnderNode(createConnection(ProposedFeatures.all));
