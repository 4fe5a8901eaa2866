// Which of the server's log messages speak of plugins rather than of the server itself. Pure.

// A plugin, perhaps one of its exports, and a result: the words are the server's closed list.
const runLine = /^[^\s:]+: (?:[^\s:]+: )?(?:ok|health|not built|crashed|memory limit|timed out after|trap|cancelled|failed|denied)\b/;

/** Whether a log message is the result of a run or of a health check. */
export function isRunLine(message: string): boolean {
  return runLine.test(message);
}
