import type { TraceParams } from '../../server/protocol.ts';
import type { Position } from './positions.ts';

/**
 * The arguments of a replay, out of what a command was called with or a webview has kept; undefined for anything
 * else, such as the URI that a menu passes.
 */
export function traceParamsOf(value: unknown): TraceParams | undefined {
  if (!isRecord(value) || typeof value['uri'] !== 'string' || !isCount(value['scenario'])) return undefined;
  const { uri, scenario, schedule, question, version } = value;
  return {
    uri,
    scenario,
    ...(isCount(schedule) ? { schedule } : {}),
    ...(isCount(question) ? { question } : {}),
    ...(isCount(version) ? { version } : {}),
  };
}

/** What a restored view was showing; undefined when it cannot be told. */
export function restoredReplay(state: unknown): { params: TraceParams; position: Position } | undefined {
  if (!isRecord(state)) return undefined;
  const { request, position } = state;
  const params = traceParamsOf(request);
  return params && isCount(position) ? { params, position } : undefined;
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null;
}

function isCount(value: unknown): value is number {
  return Number.isInteger(value) && Number(value) >= 0;
}
