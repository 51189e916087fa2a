import { classify, delayBeforeRetry } from "../../../provider/src/client/classify.js";

test.each([
  [{ code: "Throttling.User", statusCode: 400 }, "throttled"],
  [{ name: "ThrottlingError", code: "Throttling", statusCode: 429 }, "throttled"],
  [{ code: "IdempotentProcessing", statusCode: 403 }, "in-progress"],
  [{ code: "ServiceUnavailable", statusCode: 503 }, "transient"],
  [{ code: "InternalError", statusCode: 500 }, "transient"],
  [{ name: "SyntaxError", message: "Unexpected end of JSON input" }, "transient"],
  [{ name: "RequestTimeoutError", message: "ReadTimeout(3000)" }, "transient"],
  [{ code: "ECONNRESET" }, "transient"],
  [{ code: "InvalidSecurityToken.Expired", statusCode: 400 }, "expired"],
  [{ code: "Forbidden.RAM", statusCode: 403 }, "denied"],
  [{ code: "InvalidInstance.NotFound", statusCode: 404 }, "refused"],
  [{ code: "IdempotentParameterMismatch", statusCode: 403 }, "refused"],
])("%j is %s", (failure, kind) => {
  expect(classify(failure).kind).toBe(kind);
});

test("the service's own word on when to come back is followed", () => {
  const trouble = classify({ code: "Throttling.User", statusCode: 400, retryAfter: 250 });
  expect(delayBeforeRetry(trouble, 1, 0.5)).toBe(250);
});

test("waits grow, with jitter, up to a third of a minute", () => {
  const waits = [1, 2, 3, 4, 5, 6, 7].map((n) => delayBeforeRetry({ kind: "throttled" }, n, 0.5));
  expect(waits).toEqual([1000, 2000, 4000, 8000, 16000, 20000, 20000]);
  expect(delayBeforeRetry({ kind: "transient" }, 1, 0)).not.toBe(
    delayBeforeRetry({ kind: "transient" }, 1, 0.9),
  );
});
