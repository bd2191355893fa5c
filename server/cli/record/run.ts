import { closeSync, openSync, writeSync } from 'node:fs';
import { Recorder } from '../../record/recorder.ts';
import { NotRecordable, type Recording, type Workload } from '../../record/workload.ts';
import { Misuse } from '../exit-codes.ts';
import { whyUnusable } from '../source-file.ts';

const signals = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;

/**
 * Records workloads one after the other into a corpus, each line as soon as it is known. Throws a Misuse when the
 * machine or a workload does not allow it; what was recorded until then stays.
 */
export async function recordTo(
  path: string,
  workloads: readonly Workload[],
  options: { readonly items: boolean },
  tell: (recording: Recording, index: number) => void,
): Promise<void> {
  const recorder = await asMisuse(() => Recorder.open(options));
  const interrupt = (signal: NodeJS.Signals) => {
    recorder.abandon();
    stopListening();
    process.kill(process.pid, signal);
  };
  const stopListening = () => {
    for (const signal of signals) process.removeListener(signal, interrupt);
  };
  for (const signal of signals) process.on(signal, interrupt);
  try {
    const corpus = openCorpus(path);
    try {
      for (const [index, workload] of workloads.entries()) {
        const recording = await asMisuse(() => recorder.record(workload));
        writeSync(corpus, `${JSON.stringify(recording)}\n`);
        tell(recording, index);
      }
    } finally {
      closeSync(corpus);
    }
  } finally {
    stopListening();
    await recorder.close();
  }
}

function openCorpus(path: string): number {
  try {
    return openSync(path, 'w');
  } catch (error) {
    throw new Misuse(`cannot write the recordings to ${path}: ${whyUnusable(error)}`);
  }
}

async function asMisuse<Result>(work: () => Promise<Result>): Promise<Result> {
  try {
    return await work();
  } catch (error) {
    throw error instanceof NotRecordable ? new Misuse(error.message) : error;
  }
}
