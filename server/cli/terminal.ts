import pc from 'picocolors';

/** Where a command writes, and what can be shown there. */
export interface Terminal {
  /** To standard output, as it is. */
  write(text: string): void;
  /** One line to standard error. */
  complain(message: string): void;
  readonly colors: ReturnType<typeof pc.createColors>;
  /** Columns to fill at most. */
  readonly width: number;
}

const narrowest = 60;
/** Longer lines are hard to read, however wide the window is. */
const widest = 100;

/** The terminal of this process. Colours as picocolors decides: not with NO_COLOR, and only where they are shown. */
export function processTerminal(): Terminal {
  const { stdout, stderr, env } = process;
  const columns = stdout.columns || Number(env['COLUMNS']) || widest;
  // A reader that has seen enough (`| head`) is no failure.
  stdout.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code !== 'EPIPE') throw error;
    process.exit();
  });
  return {
    write: (text) => {
      stdout.write(text);
    },
    complain: (message) => {
      stderr.write(`fsrace: ${message.trim().replaceAll(/\s*\n\s*/g, ' ')}\n`);
    },
    colors: pc,
    width: Math.min(Math.max(columns, narrowest), widest),
  };
}
