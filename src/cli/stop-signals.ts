import { setMaxListeners } from "node:events";

type StopSignal = "SIGINT" | "SIGTERM";

/** How a process that a signal ended ends: 128 and the number of the signal. */
const EXIT_CODE: Readonly<Record<StopSignal, number>> = { SIGINT: 130, SIGTERM: 143 };

/**
 * Listens for a request to stop; a second one stops at once.
 * @param doing what is done before the process ends, for the user to read
 */
export function stopSignals(doing: string) {
  const asked = new AbortController();
  // Every job that waits for a thread listens.
  setMaxListeners(0, asked.signal);
  const state = {
    signal: null as StopSignal | null,
    /** Aborted when it is asked for. */
    aborted: asked.signal,
    /** Has the process end as one that the signal ended, where there was one. */
    setExitCode: () => {
      if (state.signal !== null) process.exitCode = EXIT_CODE[state.signal];
    },
    release: () => {},
  };
  const onSignal = (signal: StopSignal) => {
    if (state.signal !== null) process.exit(EXIT_CODE[signal]);
    state.signal = signal;
    process.stderr.write(`\n${signal}: ${doing}; once more to stop at once\n`);
    asked.abort();
  };
  process.on("SIGINT", onSignal);
  process.on("SIGTERM", onSignal);
  state.release = () => {
    process.off("SIGINT", onSignal);
    process.off("SIGTERM", onSignal);
  };
  return state;
}
