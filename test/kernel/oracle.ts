import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const beside = fileURLToPath(new URL('../../../shared/oracle', import.meta.url));

/** Folder with the recordings of a real kernel; FSRACE_ORACLE names another one. They are too large for the repository. */
export const oracleFolder = process.env['FSRACE_ORACLE'] ?? beside;

/** Paths of all recordings, by family; empty when there are none here. */
export const corpora = existsSync(oracleFolder)
  ? readdirSync(oracleFolder)
      .filter((name) => /^corpus-.*\.jsonl$/.test(name))
      .map((name) => join(oracleFolder, name))
  : [];
