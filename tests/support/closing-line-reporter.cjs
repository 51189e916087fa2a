/** Ends a run with the plain line `N passed, N failed`, so that its count is the last thing seen. */
class ClosingLineReporter {
  onRunComplete(_contexts, results) {
    // A suite that does not even load has no failed test of its own; it must count as a failure.
    const failed = results.numFailedTests + results.numRuntimeErrorTestSuites;
    const skipped = results.numPendingTests + results.numTodoTests;
    const tail = skipped > 0 ? `, ${skipped} skipped` : "";
    // jest's own summary comes after the reporters; the line is to be the last one.
    process.once("exit", () => {
      process.stdout.write(`\n${results.numPassedTests} passed, ${failed} failed${tail}\n`);
    });
  }
}
module.exports = ClosingLineReporter;
