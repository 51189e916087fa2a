import {
  captureLimit,
  memberSize,
  roomForOutput,
  stateLimit,
} from "../../../provider/src/result/output-room.js";

test("all targets together have 256 KiB, a quarter of it for those that fail", () => {
  expect(roomForOutput(10, 0, "failed")).toBe(captureLimit);
  expect(roomForOutput(10, 0, "other")).toBe((captureLimit * 3) / 4);
  expect(roomForOutput(10, captureLimit - 100, "failed")).toBe(100);
  expect(roomForOutput(10, captureLimit - 100, "other")).toBe(0);
});

test("above 6 MB of state output gives way to the rows", () => {
  const full = Math.floor(stateLimit / memberSize);
  expect(roomForOutput(full, 0, "failed")).toBeLessThan(memberSize);
  expect(roomForOutput(full + 1, 0, "failed")).toBe(0);
  expect(roomForOutput(full - 100, 0, "failed")).toBeGreaterThan(99 * memberSize);
});
