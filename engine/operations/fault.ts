import type { Field } from '../state/layout.ts';
import type { Step } from './step.ts';

/** `fault enomem|io on T.op[@STEP]`: from here on that step fails, each time that the operation takes it. */
export function fault(inForce: Field): Step[] {
  return [
    {
      name: 'should_fail',
      locks: '',
      does: 'From here on the step that the fault is on fails, each time that its operation takes it.',
      apply: (state) => {
        inForce.set(state, 1);
        return undefined;
      },
    },
  ];
}
