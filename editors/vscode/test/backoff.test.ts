import { describe, it } from "node:test";
import assert from "node:assert/strict";
import { Backoff } from "../src/backoff";

describe("Backoff", () => {
  it("doubles the wait and then gives up", () => {
    const b = new Backoff(100, 1000, 3);
    assert.deepEqual([0, 1, 2, 3].map((t) => b.died(t)), [{ restartAfter: 100 }, { restartAfter: 200 }, { restartAfter: 400 }, "give up"]);
  });
  it("forgets deaths that lie outside the window", () => {
    const b = new Backoff(100, 1000, 1);
    assert.deepEqual(b.died(0), { restartAfter: 100 });
    assert.deepEqual(b.died(1000), { restartAfter: 100 });
    assert.equal(b.died(1500), "give up");
  });
  it("starts anew after a reset", () => {
    const b = new Backoff(100, 1000, 1);
    b.died(0);
    b.reset();
    assert.deepEqual(b.died(1), { restartAfter: 100 });
  });
});
