import { firstInterleaving, type Scenario, type Trace, traceSchedule, traceWitness } from '../../engine/index.ts';
import { type AnalysisOptions, completeAnalysis, judgeScenario } from './analysis.ts';
import type { RunToTrace, WorkerOutcome, WorkerTask } from './worker-protocol.ts';

/** What a worker does with a request, apart from being a worker. Never throws: failures are outcomes. */
export function perform(
  task: WorkerTask,
  control: Pick<AnalysisOptions, 'now' | 'shouldStop' | 'progress'>,
): WorkerOutcome {
  try {
    return outcomeOf(task, control);
  } catch (error) {
    return { kind: 'failed', message: error instanceof Error ? error.message : String(error) };
  }
}

function outcomeOf(task: WorkerTask, control: Pick<AnalysisOptions, 'now' | 'shouldStop' | 'progress'>): WorkerOutcome {
  if (task.kind === 'trace') return { kind: 'traced', trace: traceRun(task.scenario, task.run) };
  const options = { ...control, limits: task.limits };
  const analysis =
    task.kind === 'judge'
      ? judgeScenario(task.scenario, options)
      : completeAnalysis(task.scenario, task.judged, options);
  return { kind: 'analysed', analysis, stopped: control.shouldStop?.() === true };
}

function traceRun(scenario: Scenario, run: RunToTrace): Trace {
  switch (run.kind) {
    case 'witness':
      return traceWitness(scenario, run.steps);
    case 'schedule':
      return traceSchedule(scenario, run.index);
    case 'first':
      return traceWitness(scenario, firstInterleaving(scenario));
  }
}
