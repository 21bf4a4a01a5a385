/**
 * Listens for a request to stop; a second one stops at once.
 * @param doing what is done before the process ends, for the user to read
 */
export function stopSignals(doing: string) {
  const asked = new AbortController();
  const state = {
    signal: null as "SIGINT" | "SIGTERM" | null,
    /** Aborted when it is asked for. */
    aborted: asked.signal,
    release: () => {},
  };
  const onSignal = (signal: "SIGINT" | "SIGTERM") => {
    if (state.signal !== null) process.exit(signal === "SIGINT" ? 130 : 143);
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
