// Turns what a step left behind into counted results. Pure, so that its spec can feed it bad runs.

const nothing = { passed: 0, failed: 0, skipped: 0 };

/** One result from an exit code. */
export function countExit(exitCode) {
  return exitCode === 0 ? { ...nothing, passed: 1 } : { ...nothing, failed: 1 };
}

/** One result per test of Jest's JSON report; a file that could not run is a failure, and so is a report that is missing, empty or at odds with the code. */
export function countJest(exitCode, reportText) {
  let report;
  try {
    report = JSON.parse(reportText);
  } catch {
    return { ...nothing, failed: 1 };
  }
  const passed = report.numPassedTests ?? 0;
  const failed = (report.numFailedTests ?? 0) + (report.numRuntimeErrorTestSuites ?? 0);
  const skipped = (report.numPendingTests ?? 0) + (report.numTodoTests ?? 0);
  const isAtOdds = failed === 0 && (exitCode !== 0 || passed === 0);
  return { passed, failed: isAtOdds ? 1 : failed, skipped };
}

/** One result from the last line of a script that judges itself: the line and the exit code must both say yes. */
export function countVerdict(exitCode, output) {
  const last = output.trimEnd().split('\n').at(-1) ?? '';
  try {
    return JSON.parse(last).isExpected === true ? countExit(exitCode) : countExit(1);
  } catch {
    return countExit(1);
  }
}

/** The sum of several counts. */
export function addCounts(counts) {
  return counts.reduce(
    (sum, { passed, failed, skipped }) => ({
      passed: sum.passed + passed,
      failed: sum.failed + failed,
      skipped: sum.skipped + skipped,
    }),
    nothing,
  );
}

/** The closing line. */
export function closingLine({ passed, failed, skipped }) {
  return `${passed} passed, ${failed} failed, ${skipped} skipped`;
}
